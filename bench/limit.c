/* The limit: an epoll server that does nothing but write one ready frame to every socket, one write an event.
 *
 * limit PORT REDIS_PORT PASSWORD CHANNEL
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536
#define BUFFER (1 << 20)

/* The load generator always sends RFC 6455's example key: the answer is known. */
static const char WELCOME[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int sockets[MOST], place[MOST], count, poller;
static char waiting[BUFFER];
static size_t waiting_size;

static void give_up(const char *why) {
    fprintf(stderr, "limit: %s: %s\n", why, strerror(errno));
    exit(1);
}

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) give_up("epoll_ctl");
}

static void leave(int fd) {
    if (place[fd]) {
        int last = sockets[--count];
        sockets[place[fd] - 1] = last;
        place[last] = place[fd];
        place[fd] = 0;
    }
    close(fd);
}

static void hear(int fd) {
    char request[4096];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got <= 0) {
        leave(fd);
        return;
    }
    if (place[fd] || !memmem(request, (size_t)got, "\r\n\r\n", 4)) return;
    if (send(fd, WELCOME, sizeof WELCOME - 1, MSG_NOSIGNAL) < 0) return;
    sockets[count++] = fd;
    place[fd] = count;
}

static void write_all(int fd, const char *frame, size_t size) {
    while (size) {
        ssize_t sent = send(fd, frame, size, MSG_NOSIGNAL);
        if (sent > 0) {
            frame += sent, size -= (size_t)sent;
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, 1000);
        } else {
            return;
        }
    }
}

static void tell_all(const char *text, size_t size) {
    static char frame[70000];
    size_t head = 2;
    if (size > 65535) return;
    frame[0] = (char)0x81;
    if (size < 126) {
        frame[1] = (char)size;
    } else {
        frame[1] = 126, frame[2] = (char)(size >> 8), frame[3] = (char)size;
        head = 4;
    }
    memcpy(frame + head, text, size);
    for (int i = 0; i < count; i++) write_all(sockets[i], frame, head + size);
}

/* One part of a Redis answer, `$SIZE\r\n…\r\n`; how far it reaches, 0 when there is more to come. */
static size_t take_part(size_t from, const char **text, size_t *size) {
    char *end = memmem(waiting + from, waiting_size - from, "\r\n", 2);
    if (!end) return 0;
    size_t after = (size_t)(end + 2 - waiting);
    *size = (size_t)atol(waiting + from + 1);
    *text = waiting + after;
    if (waiting[from] == ':') return after;
    return waiting_size >= after + *size + 2 ? after + *size + 2 : 0;
}

static void take_messages(void) {
    size_t used = 0;
    for (;;) {
        const char *text[3];
        size_t size[3], at;
        char *end = memmem(waiting + used, waiting_size - used, "\r\n", 2);
        if (!end) break;
        at = (size_t)(end + 2 - waiting);
        if (waiting[used] == '*') {
            for (int i = 0; i < 3 && at; i++) at = take_part(at, &text[i], &size[i]);
            if (!at) break;
            if (size[0] == 7) tell_all(text[2], size[2]);
        }
        used = at;
    }
    memmove(waiting, waiting + used, waiting_size -= used);
}

static int connect_redis(int port, const char *password, const char *channel) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) give_up("redis");
    dprintf(fd, "AUTH %s\r\nSUBSCRIBE %s\r\n", password, channel);
    watch(fd);
    return fd;
}

static int open_door(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) give_up("bind");
    watch(fd);
    return fd;
}

static void let_in(int door) {
    int fd, one = 1;
    while ((fd = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= MOST) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(fd);
    }
}

int main(int argc, char **argv) {
    if (argc != 5) give_up("PORT REDIS_PORT PASSWORD CHANNEL");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    int redis = connect_redis(atoi(argv[2]), argv[3], argv[4]);
    int door = open_door(atoi(argv[1]));
    struct epoll_event events[256];
    for (;;) {
        int found = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < found; i++) {
            int fd = events[i].data.fd;
            if (fd == door) {
                let_in(door);
            } else if (fd == redis) {
                ssize_t got = recv(redis, waiting + waiting_size, BUFFER - waiting_size, 0);
                if (got <= 0) return 0;
                waiting_size += (size_t)got;
                take_messages();
            } else {
                hear(fd);
            }
        }
    }
}
