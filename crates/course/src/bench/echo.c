/* The loop of lesson 5 in C, but it shows nothing: what the system calls alone cost. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    static char buffer[65536];
    struct sockaddr_in here = {.sin_family = AF_INET}, client;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    here.sin_addr.s_addr = htonl(INADDR_ANY);
    here.sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "8090"));
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0) {
        perror("cannot bind the UDP port");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        socklen_t size = sizeof client;
        ssize_t length = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &size);
        if (length >= 0)
            sendto(fd, buffer, (size_t)length, 0, (struct sockaddr *)&client, size);
    }
}
