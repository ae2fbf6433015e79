/* Lesson 1 in C: a right program, of which the mistakes are made. */

#include "address.h"

static struct sockaddr_in where(int s)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (getsockname(s, (struct sockaddr *)&address, &size) < 0)
        fail("getsockname");
    return address;
}

int main(int argc, char **argv)
{
    struct sockaddr_in given = address_of(argc > 1 ? argv[1] : "127.0.0.1:0");
    struct sockaddr_in here;
    int c;

    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(tcp, (struct sockaddr *)&given, sizeof given) < 0)
        fail("bind");
    if (listen(tcp, 128) < 0)
        fail("listen");
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(udp, (struct sockaddr *)&given, sizeof given) < 0)
        fail("bind");
    here = where(tcp);
    printf("TCP %s:%d\n", inet_ntoa(here.sin_addr), ntohs(here.sin_port));
    here = where(udp);
    printf("UDP %s:%d\n", inet_ntoa(here.sin_addr), ntohs(here.sin_port));
    printf("Press Enter: ");
    fflush(stdout);
    while ((c = getchar()) != EOF && c != '\n')
        ;
    close(tcp);
    close(udp);
    return 0;
}
