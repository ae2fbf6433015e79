/* Lesson 5 in C: a right program, of which the mistakes are made. */

#include "address.h"

/* The port that a word stands for; ends the program if it is none. */
static unsigned short port_of(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end != '\0' || port < 0 || port > 65535) {
        fprintf(stderr, "`%s` is no port\n", text);
        exit(1);
    }
    return port;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    struct sockaddr_in client;
    here.sin_port = htons(port_of(argc > 1 ? argv[1] : "8090"));
    here.sin_addr.s_addr = htonl(INADDR_ANY);
    static char buffer[1024];

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        fail("socket");
    if (bind(s, (struct sockaddr *)&here, sizeof here) < 0)
        fail("bind");
    for (;;) {
        socklen_t size = sizeof client;
        ssize_t length = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &size);
        if (length < 0)
            fail("recvfrom");
        fwrite(buffer, 1, length, stdout);
        printf("\n");
        fflush(stdout);
        sendto(s, buffer, length, 0, (struct sockaddr *)&client, size);
    }
}
