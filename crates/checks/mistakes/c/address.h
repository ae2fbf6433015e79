/* What the programs in C have in common. */

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* HOST:PORT as an address of IPv4; ends the program if it is none. */
static struct sockaddr_in address_of(const char *text)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    const char *colon = strrchr(text, ':');
    char host[256];
    hints.ai_flags = AI_NUMERICSERV;
    if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
        fprintf(stderr, "`%s` isn't HOST:PORT\n", text);
        exit(1);
    }
    memcpy(host, text, colon - text);
    host[colon - text] = '\0';
    int error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "cannot use `%s`: %s\n", text, gai_strerror(error));
        exit(1);
    }
    struct sockaddr_in address = *(struct sockaddr_in *)found->ai_addr;
    freeaddrinfo(found);
    return address;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}
