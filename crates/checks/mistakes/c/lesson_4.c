/* Lesson 4 in C: a right program, of which the mistakes are made. */

#include "address.h"

int main(int argc, char **argv)
{
    struct sockaddr_in server = address_of(argc > 1 ? argv[1] : "127.0.0.1:8090");
    struct timeval patience = {.tv_sec = 3};
    static char reply[1025];
    char *line = NULL;
    size_t room = 0;
    ssize_t length, count;

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        fail("socket");
    if (connect(s, (struct sockaddr *)&server, sizeof server) < 0)
        fail("connect");
    if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        fail("setsockopt");
    for (;;) {
        printf("> ");
        fflush(stdout);
        length = getline(&line, &room, stdin);
        if (length < 0)
            break;
        if (line[length - 1] == '\n') {
            length--;
            if (length > 0 && line[length - 1] == '\r')
                length--;
        }
        if (send(s, line, length, 0) < 0)
            fail("send");
        count = recv(s, reply, sizeof reply - 1, 0);
        if (count < 0)
            fail("recv");
        fwrite(reply, 1, count, stdout);
        printf("\n");
        fflush(stdout);
        if (length == 4 && memcmp(line, "exit", 4) == 0)
            break;
    }
    return 0;
}
