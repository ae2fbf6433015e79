/* Lesson 3 in C: a right program, of which the mistakes are made. */

#include "address.h"

int main(int argc, char **argv)
{
    struct sockaddr_in here = address_of(argc > 1 ? argv[1] : "127.0.0.1:8090");
    struct sockaddr_in sender;
    socklen_t size = sizeof sender;
    static char buffer[1024];

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        fail("socket");
    if (bind(s, (struct sockaddr *)&here, sizeof here) < 0)
        fail("bind");
    ssize_t length = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&sender, &size);
    if (length < 0)
        fail("recvfrom");
    printf("%s:%d says ", inet_ntoa(sender.sin_addr), ntohs(sender.sin_port));
    fwrite(buffer, 1, length, stdout);
    printf("\n");
    return 0;
}
