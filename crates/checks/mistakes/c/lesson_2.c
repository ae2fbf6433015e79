/* Lesson 2 in C: a right program, of which the mistakes are made. */

#include "address.h"

int main(int argc, char **argv)
{
    struct sockaddr_in receiver = address_of(argc > 1 ? argv[1] : "127.0.0.1:8090");
    char *line = NULL;
    size_t room = 0;

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        fail("socket");
    printf("Your message: ");
    fflush(stdout);
    ssize_t length = getline(&line, &room, stdin);
    if (length < 0)
        return 0;
    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (sendto(s, line, length, 0, (struct sockaddr *)&receiver, sizeof receiver) < 0)
        fail("sendto");
    printf("sent %zd bytes\n", length);
    return 0;
}
