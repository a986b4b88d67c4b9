/* Opens WebSocket connections to a server on 127.0.0.1, counts the events that they receive, and says when
 * the last of them had each one. Commands come by stdin, answers leave by stdout, one JSON object a line.
 *
 * load PORT PATH READERS [option…]
 *   --header LINE            one more line of the upgrade request
 *   --send TEXT              the next step of each connection: send this
 *   --wait PREFIX            the next step: wait for a frame that begins so
 *   --fill TEXT PREFIX COUNT the next COUNT steps: send TEXT, wait for PREFIX
 *   --again TEXT             sent in place of the steps by a connection that was lost and comes back
 *   --event PREFIX           frames that begin so are events (the longest text may hold several: --sequence)
 *   --answer PREFIX TEXT     answer frames that begin so
 *   --sequence               events carry "seq": see that it moves by one (Hubbub)
 *   --groups COUNT           {group} in a text is 1 … COUNT, by connection
 *   --first NUMBER           where {filler} and {shared} count from: a number for each connection and each of its
 *                            fills, or the same ones for all
 *   --in-flight COUNT        handshakes at a time
 *   --network NUMBER         readers come from 127.NUMBER.x.y, an address each
 * {seq} and {epoch} in a text are where the connection stands.
 *
 * expect COUNT MS   count from now, until each connection has had COUNT events or MS milliseconds are over
 * whole SEQ MS      until each connection stands at SEQ or beyond
 * settle MS         until all connections are ready again
 * status            how things stand
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (1 << 20)
#define STEPS 256
#define TEXT 1024
#define ALL 1000000
/* Nanoseconds between two looks, while there is something to see. */
#define NAP 500000
/* RFC 6455's own example: the key is no secret, and a limit server need not compute the answer. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPTED "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum state { WAITING, CONNECTING, UPGRADING, STEPPING, READY };

struct step {
    const char *send, *wait;
    int filler;
};

struct reader {
    int fd, step, counted;
    enum state state;
    int lost_before;
    int64_t not_before, seq;
    char *rest;
    size_t rest_size;
};

static struct {
    int port, readers, groups, in_flight, network, sequence;
    long first;
    const char *path, *headers, *event, *again, *ask, *answer;
    struct step steps[STEPS];
    int step_count, fill_count;
} want = {.groups = 1, .in_flight = 64, .headers = "", .network = 1};

static struct reader *readers;
static char buffer[BUFFER];
static char epoch[80];
static int poller, in_flight, ready, failed, lost, next_reader;
static int64_t began, gaps, repeats;

/* What is being waited for: one thing at a time. */
static enum { NOTHING, START, EXPECT, WHOLE, SETTLE } waiting_for;
static int64_t deadline, goal_seq;
static int goal, satisfied;
static int64_t *last_at, first_at, deliveries, received_bytes;
static int *seen;
static double cpu_before;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double cpu(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void give_up(const char *why) {
    fprintf(stderr, "load: %s: %s\n", why, strerror(errno));
    exit(1);
}

static int begins(const char *text, size_t size, const char *prefix) {
    size_t length = prefix ? strlen(prefix) : 0;
    return length && size >= length && !memcmp(text, prefix, length);
}

/* Sending */

static void fill_in(char *out, const char *text, struct reader *r, int filler) {
    long index = r - readers;
    size_t used = 0;
    while (*text && used < TEXT - 100) {
        if (!strncmp(text, "{group}", 7)) {
            used += sprintf(out + used, "%ld", 1 + index % want.groups), text += 7;
        } else if (!strncmp(text, "{filler}", 8)) {
            used += sprintf(out + used, "%ld", want.first + index * want.fill_count + filler), text += 8;
        } else if (!strncmp(text, "{shared}", 8)) {
            used += sprintf(out + used, "%ld", want.first + filler), text += 8;
        } else if (!strncmp(text, "{seq}", 5)) {
            used += sprintf(out + used, "%lld", (long long)r->seq), text += 5;
        } else if (!strncmp(text, "{epoch}", 7)) {
            used += sprintf(out + used, "%s", epoch), text += 7;
        } else {
            out[used++] = *text++;
        }
    }
    out[used] = 0;
}

static void put(struct reader *r, const char *bytes, size_t size) {
    /* These are small and rare: a socket that has no room for them is a server that does not read. */
    if (send(r->fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size && errno != EPIPE && errno != ECONNRESET)
        failed++;
    /* Who has answered often is thought to be about to, and its ACKs wait for a timer, which here would be the server's. */
    const int one = 1;
    setsockopt(r->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

static void send_frame(struct reader *r, int opcode, const char *text, size_t size) {
    char frame[TEXT + 16];
    size_t used = 0;
    if (size > TEXT) return;
    frame[used++] = (char)(0x80 | opcode);
    if (size < 126) {
        frame[used++] = (char)(0x80 | size);
    } else {
        frame[used++] = (char)(0x80 | 126);
        frame[used++] = (char)(size >> 8);
        frame[used++] = (char)size;
    }
    /* A mask of zeros leaves the bytes as they are. */
    memset(frame + used, 0, 4);
    memcpy(frame + used + 4, text, size);
    put(r, frame, used + 4 + size);
}

static void say(struct reader *r, const char *text, int filler) {
    char filled[TEXT];
    fill_in(filled, text, r, filler);
    send_frame(r, 1, filled, strlen(filled));
}

/* Connecting */

static void connect_reader(struct reader *r) {
    long index = r - readers;
    struct sockaddr_in source = {.sin_family = AF_INET}, target = {.sin_family = AF_INET};
    int one = 1;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (r->fd < 0) give_up("socket");
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(r->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    /* Readers have addresses of their own, as outside; no port is ever short. */
    source.sin_addr.s_addr = htonl(0x7f000000u | ((unsigned)want.network << 16) | (unsigned)(index + 2));
    if (bind(r->fd, (struct sockaddr *)&source, sizeof source)) give_up("bind");
    target.sin_port = htons((uint16_t)want.port);
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    r->state = CONNECTING;
    in_flight++;
    if (connect(r->fd, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS) give_up("connect");
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = r};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, r->fd, &event)) give_up("epoll_ctl");
}

static void upgrade(struct reader *r) {
    char request[2 * TEXT];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                        want.path, want.port, want.headers);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = r};
    epoll_ctl(poller, EPOLL_CTL_MOD, r->fd, &event);
    r->state = UPGRADING;
    put(r, request, (size_t)size);
}

static void drop(struct reader *r) {
    struct linger at_once = {.l_onoff = 1};
    if (r->state == READY) ready--;
    else in_flight--;
    if (r->state == READY || r->lost_before) lost += r->state == READY, r->lost_before = want.again != NULL;
    else failed++;
    setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(r->fd);
    free(r->rest);
    r->rest = NULL, r->rest_size = 0, r->fd = -1, r->state = WAITING, r->step = 0;
    /* Whoever comes back does so within a second, each at a moment of its own. */
    r->not_before = r->lost_before ? now() + (int64_t)(random() % 1000) * 1000000 : INT64_MAX;
}

static void advance(struct reader *r) {
    while (r->step < want.step_count && want.steps[r->step].send) {
        struct step *step = &want.steps[r->step++];
        say(r, step->send, step->filler);
    }
    if (r->step < want.step_count) return;
    r->state = READY;
    in_flight--;
    ready++;
}

static void begin_steps(struct reader *r) {
    r->state = STEPPING;
    if (r->lost_before && want.again && r->seq >= 0) {
        for (r->step = 0; r->step < want.step_count && !want.steps[r->step].send;) r->step++;
        say(r, want.again, 0);
        if (r->step < want.step_count) r->step++;
    }
    advance(r);
}

static void open_more(void) {
    int64_t at = now();
    for (int looked = 0; looked < want.readers && in_flight < want.in_flight; looked++) {
        struct reader *r = &readers[next_reader];
        next_reader = (next_reader + 1) % want.readers;
        if (r->state == WAITING && r->not_before <= at) connect_reader(r);
    }
}

/* Receiving */

static void move(struct reader *r, int64_t seq, const char *frame, size_t size) {
    if (r->seq >= 0 && seq != r->seq + 1) {
        *(seq <= r->seq ? &repeats : &gaps) += 1;
        fprintf(stderr, "reader %ld stood at %lld and was sent %lld: %.*s\n", (long)(r - readers), (long long)r->seq,
                (long long)seq, (int)(size < 90 ? size : 90), frame);
    }
    if (waiting_for == WHOLE && r->seq < goal_seq && seq >= goal_seq) satisfied++;
    if (seq > r->seq) r->seq = seq;
}

static void count(struct reader *r, int64_t at) {
    if (!first_at) first_at = at;
    deliveries++;
    if (r->counted < goal) {
        last_at[r->counted] = at;
        seen[r->counted]++;
    }
    if (++r->counted == goal) satisfied++;
}

static void take_events(struct reader *r, const char *text, size_t size, int64_t at) {
    const char *end = text + size, *frame = text;
    int page = begins(text, size, "{\"type\":\"events\"");
    const char *mark = page ? "{\"seq\":" : "\"seq\":";
    size_t length = strlen(mark);
    while ((text = memmem(text, (size_t)(end - text), mark, length))) {
        text += length;
        move(r, atoll(text), frame, size);
        count(r, at);
        if (!page) return;
    }
}

static void stand(struct reader *r, const char *text, size_t size) {
    const char *seq = memmem(text, size, "\"seq\":", 6), *own = memmem(text, size, "\"epoch\":\"", 9);
    if (seq && r->seq < 0) r->seq = atoll(seq + 6);
    if (own) sscanf(own + 9, "%79[^\"]", epoch);
}

static void take_text(struct reader *r, const char *text, size_t size, int64_t at) {
    received_bytes += (int64_t)size;
    if (want.sequence && begins(text, size, "{\"type\":\"subscribed\"")) stand(r, text, size);
    if (want.sequence && begins(text, size, "{\"type\":\"resync\""))
        fprintf(stderr, "reader %ld stood at %lld and was sent away: %.*s\n", (long)(r - readers), (long long)r->seq,
                (int)(size < 150 ? size : 150), text);
    if (r->state == STEPPING && begins(text, size, want.steps[r->step].wait)) {
        r->step++;
        advance(r);
        return;
    }
    if (begins(text, size, want.event)) {
        if (want.sequence) take_events(r, text, size, at);
        else count(r, at);
        return;
    }
    if (begins(text, size, want.ask)) say(r, want.answer, 0);
}

/* How many bytes of `bytes` were whole frames; -1 when the server closes. */
static ssize_t take_frames(struct reader *r, const char *bytes, size_t size, int64_t at) {
    size_t used = 0;
    while (size - used >= 2) {
        const unsigned char *frame = (const unsigned char *)bytes + used;
        size_t head = 2, length = frame[1] & 127;
        if (length == 126) {
            if (size - used < (head = 4)) break;
            length = (size_t)frame[2] << 8 | frame[3];
        } else if (length == 127) {
            if (size - used < (head = 10)) break;
            for (int i = 2, k = (length = 0); k < 8; i++, k++) length = length << 8 | frame[i];
        }
        if (size - used < head + length) break;
        int opcode = frame[0] & 15;
        if (opcode == 8) return -1;
        if (opcode == 9) send_frame(r, 10, bytes + used + head, length);
        else if (opcode < 3) take_text(r, bytes + used + head, length, at);
        used += head + length;
    }
    return (ssize_t)used;
}

static ssize_t take_upgrade(struct reader *r, char *bytes, size_t size) {
    char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!memmem(bytes, (size_t)(end - bytes), " 101 ", 5) || !memmem(bytes, (size_t)(end - bytes), ACCEPTED, 28))
        return -1;
    begin_steps(r);
    return end + 4 - bytes;
}

static void receive(struct reader *r) {
    size_t size = r->rest_size;
    if (size) memcpy(buffer, r->rest, size);
    ssize_t got = recv(r->fd, buffer + size, BUFFER - size, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        drop(r);
        return;
    }
    size += (size_t)got;
    size_t used = 0;
    if (r->state == UPGRADING) {
        ssize_t head = take_upgrade(r, buffer, size);
        if (head < 0) {
            drop(r);
            return;
        }
        used = (size_t)head;
    }
    if (r->state >= STEPPING) {
        ssize_t taken = take_frames(r, buffer + used, size - used, now());
        if (taken < 0) {
            drop(r);
            return;
        }
        used += (size_t)taken;
    }
    if (size == used && !r->rest) return;
    free(r->rest);
    r->rest = NULL, r->rest_size = size - used;
    if (r->rest_size) {
        r->rest = malloc(r->rest_size);
        memcpy(r->rest, buffer + used, r->rest_size);
    }
}

static void serve(struct reader *r, uint32_t events) {
    if (r->state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) drop(r);
        else if (events & EPOLLOUT) upgrade(r);
        return;
    }
    receive(r);
}

/* Commands and answers */

static void report(const char *what, int complete) {
    double seconds = (now() - began) / 1e9, used = cpu() - cpu_before;
    printf("{\"what\":\"%s\",\"complete\":%s,\"seconds\":%.6f,\"cpu\":%.6f,\"ready\":%d,\"failed\":%d,\"lost\":%d,"
           "\"deliveries\":%lld,\"bytes\":%lld,\"gaps\":%lld,\"repeats\":%lld,\"began\":%lld,\"first_at\":%lld,"
           "\"last_at\":[",
           what, complete ? "true" : "false", seconds, used, ready, failed, lost, (long long)deliveries,
           (long long)received_bytes, (long long)gaps, (long long)repeats, (long long)began, (long long)first_at);
    for (int i = 0; last_at && i < goal; i++)
        printf("%s%lld", i ? "," : "", (long long)(seen[i] == want.readers ? last_at[i] : 0));
    puts("]}");
    fflush(stdout);
}

static void wait_for(int what, long milliseconds) {
    waiting_for = what;
    began = now();
    deadline = began + milliseconds * 1000000LL;
    cpu_before = cpu();
}

static void start_counting(int events) {
    goal = events;
    last_at = realloc(last_at, sizeof *last_at * (size_t)(goal + 1));
    seen = realloc(seen, sizeof *seen * (size_t)(goal + 1));
    memset(last_at, 0, sizeof *last_at * (size_t)(goal + 1));
    memset(seen, 0, sizeof *seen * (size_t)(goal + 1));
    satisfied = 0, first_at = deliveries = received_bytes = gaps = repeats = 0;
    for (int i = 0; i < want.readers; i++) readers[i].counted = 0;
}

static void count_whole(void) {
    satisfied = 0;
    for (int i = 0; i < want.readers; i++) satisfied += readers[i].seq >= goal_seq;
}

static void obey(char *line) {
    long first = 0, second = 0;
    char verb[20] = "";
    sscanf(line, "%19s %ld %ld", verb, &first, &second);
    if (!strcmp(verb, "expect")) {
        start_counting((int)first);
        wait_for(EXPECT, second);
        puts("{\"what\":\"expecting\"}");
        fflush(stdout);
    } else if (!strcmp(verb, "whole")) {
        goal_seq = first;
        wait_for(WHOLE, second);
        count_whole();
    } else if (!strcmp(verb, "settle")) {
        wait_for(SETTLE, first);
    } else if (!strcmp(verb, "status")) {
        report("status", 1);
    }
}

static void listen_to_commands(void) {
    static char line[256];
    static size_t used;
    ssize_t got = read(0, line + used, sizeof line - 1 - used);
    if (got <= 0) exit(0);
    used += (size_t)got;
    line[used] = 0;
    char *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        obey(line);
        used -= (size_t)(end + 1 - line);
        memmove(line, end + 1, used + 1);
    }
}

static void look(void) {
    if (waiting_for == NOTHING) return;
    int all = want.readers;
    int settled = ready == all || (waiting_for == START && ready + failed == all);
    int done = waiting_for == START || waiting_for == SETTLE ? settled : satisfied == all && (waiting_for != WHOLE || ready == all);
    if (!done && now() < deadline) return;
    static const char *names[] = {"", "start", "expect", "whole", "settle"};
    const char *name = names[waiting_for];
    waiting_for = NOTHING;
    report(name, done);
}

static struct step *next_step(void) {
    if (want.step_count == STEPS) give_up("too many steps");
    return &want.steps[want.step_count++];
}

static void parse(int argc, char **argv) {
    if (argc < 4) give_up("PORT PATH READERS");
    want.port = atoi(argv[1]), want.path = argv[2], want.readers = atoi(argv[3]);
    if (want.readers < 1 || want.readers > 60000) give_up("between 1 and 60,000 readers");
    for (char **arg = argv + 4; *arg;) {
        const char *name = *arg++;
        if (!strcmp(name, "--sequence")) {
            want.sequence = 1;
            continue;
        }
        const char *value = *arg++;
        if (!value) give_up(name);
        if (!strcmp(name, "--header")) {
            char *lines;
            if (asprintf(&lines, "%s%s\r\n", want.headers, value) < 0) give_up(name);
            want.headers = lines;
        } else if (!strcmp(name, "--send")) next_step()->send = value;
        else if (!strcmp(name, "--wait")) next_step()->wait = value;
        else if (!strcmp(name, "--fill")) {
            const char *prefix = *arg++;
            want.fill_count = atoi(*arg++);
            for (int i = 0; i < want.fill_count; i++) {
                *next_step() = (struct step){.send = value, .filler = i};
                next_step()->wait = prefix;
            }
        } else if (!strcmp(name, "--again")) want.again = value;
        else if (!strcmp(name, "--event")) want.event = value;
        else if (!strcmp(name, "--answer")) want.ask = value, want.answer = *arg++;
        else if (!strcmp(name, "--groups")) want.groups = atoi(value);
        else if (!strcmp(name, "--first")) want.first = atol(value);
        else if (!strcmp(name, "--in-flight")) want.in_flight = atoi(value);
        else if (!strcmp(name, "--network")) want.network = atoi(value);
        else give_up(name);
    }
}

int main(int argc, char **argv) {
    parse(argc, argv);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    const struct timespec nap = {.tv_nsec = NAP};
    struct epoll_event events[512], input = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, 0, &input)) give_up("stdin");
    readers = calloc((size_t)want.readers, sizeof *readers);
    for (int i = 0; i < want.readers; i++) readers[i].fd = -1, readers[i].seq = -1;
    wait_for(START, 120000);
    for (;;) {
        if (ready + in_flight < want.readers) open_more();
        int found = epoll_wait(poller, events, 512, 20);
        for (int i = 0; i < found; i++) {
            if (!events[i].data.ptr) listen_to_commands();
            else serve(events[i].data.ptr, events[i].events);
        }
        look();
        /* Readers are elsewhere: while some of us wait to be read, nobody is woken, and no server pays for it. */
        if (found) nanosleep(&nap, NULL);
    }
}
