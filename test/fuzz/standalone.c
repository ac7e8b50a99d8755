/* SPDX-License-Identifier: MIT */
/* Runs a target without a fuzzing engine, so that every build checks what fuzzing once found: PROGRAM [-runs=N] [FILE or FOLDER]..
 * First each file is run as it is. Then N inputs are made from them by small changes, always the same ones, for at most two seconds.
 * After a failure the bytes that caused it are printed. */
#include "fuzz.h"

#include <dirent.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 4096, SEEDS_MAX = 4096, FILE_MAX = 1 << 20, LOOK_EVERY = 64 };

typedef struct input {
    uint8_t *p;
    size_t size;
} input;

static input seeds[SEEDS_MAX];
static size_t seed_count;
static input running; /* for the last words */

/* ---- last words: from a signal or a sanitizer, so by write alone */

static void say(const char *text) { (void)!write(STDERR_FILENO, text, strlen(text)); }

static void say_input(void)
{
    static const char digits[] = "0123456789abcdef";

    say("\nthe input that was running, as hexadecimal digits:\n");
    for (size_t i = 0; i < running.size && i < INPUT_MAX; i++) {
        char two[] = { digits[running.p[i] >> 4], digits[running.p[i] & 15], 0 };
        say(two);
    }
    say("\n");
}

static void on_signal(int number)
{
    (void)signal(number, SIG_DFL);
    say_input();
    (void)raise(number);
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void prepare_last_words(void)
{
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(say_input);
    else (void)signal(SIGSEGV, on_signal), (void)signal(SIGBUS, on_signal), (void)signal(SIGFPE, on_signal);
    (void)signal(SIGABRT, on_signal);
}

/* ---- one input */

static size_t heap_used(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* The first runs may leave memory with the allocator's caches, which hold seven pieces of a size; a leak grows with every run. */
static void look_for_leak(void)
{
    size_t before, after = heap_used();

    for (int i = 0; i < 20; i++) {
        before = after;
        (void)LLVMFuzzerTestOneInput(running.p, running.size);
        after = heap_used();
        if (after <= before) return;
    }
    say("the heap grows with every run: the target leaks\n");
    say_input();
    _exit(1);
}

static void run(const uint8_t *p, size_t size)
{
    running.p = malloc(size ? size : 1);
    running.size = size;
    if (!running.p) exit(2);
    memcpy(running.p, p, size);
    (void)LLVMFuzzerTestOneInput(running.p, size);
}

static void run_and_look(const uint8_t *p, size_t size)
{
    size_t before = heap_used();

    run(p, size);
    free(running.p);
    if (heap_used() > before) {
        run(p, size);
        look_for_leak();
        free(running.p);
    }
    running = (input){ 0 };
}

/* ---- changes: small steps from a seed, drawn from a generator that always begins the same */

static uint64_t change_state = 20261120;

static size_t draw(size_t below)
{
    change_state ^= change_state << 13;
    change_state ^= change_state >> 7;
    change_state ^= change_state << 17;
    return below ? (size_t)(change_state >> 11) % below : 0;
}

static void change_byte(input *in)
{
    static const char telling[] = "\0\xff\x7f\x80 0123456789+-.:,/eETZ=<>\"\\{}[]M\n\xc3\xe2\xf0";

    if (in->size) in->p[draw(in->size)] = draw(2) ? (uint8_t)telling[draw(sizeof telling - 1)] : (uint8_t)draw(256);
}

static void change_bit(input *in)
{
    if (in->size) in->p[draw(in->size)] ^= (uint8_t)(1u << draw(8));
}

static void change_drop(input *in)
{
    size_t at = draw(in->size), n = 1 + draw(draw(4) ? 4 : in->size);

    if (!in->size) return;
    if (n > in->size - at) n = in->size - at;
    memmove(in->p + at, in->p + at + n, in->size - at - n);
    in->size -= n;
}

static void change_put(input *in, const uint8_t *p, size_t n)
{
    size_t at = draw(in->size + 1);

    if (n > INPUT_MAX - in->size) n = INPUT_MAX - in->size;
    memmove(in->p + at + n, in->p + at, in->size - at);
    memmove(in->p + at, p, n);
    in->size += n;
}

static void change_insert(input *in)
{
    uint8_t one = (uint8_t)draw(256);

    change_put(in, &one, 1);
    change_byte(in);
}

static void change_repeat(input *in)
{
    uint8_t piece[256];
    size_t at = draw(in->size), n = in->size ? 1 + draw(in->size - at) : 0;

    if (n > sizeof piece) n = sizeof piece;
    memcpy(piece, in->p + at, n);
    change_put(in, piece, n);
}

static void change_cross(input *in)
{
    const input *other = &seeds[draw(seed_count)];
    size_t at = draw(other->size);

    change_put(in, other->p + at, other->size ? 1 + draw(other->size - at) : 0);
}

static void (*const changes[])(input *in) = {
    change_byte, change_byte, change_bit, change_drop, change_insert, change_repeat, change_cross,
};

static double seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long run_changed(long runs)
{
    static uint8_t bytes[INPUT_MAX];
    double until = seconds() + 2;
    long done = 0;

    for (; done < runs && (done % LOOK_EVERY || seconds() < until); done++) {
        const input *seed = &seeds[draw(seed_count)];
        input in = { bytes, seed->size < INPUT_MAX ? seed->size : INPUT_MAX };
        memcpy(bytes, seed->p, in.size);
        for (size_t n = 1 + draw(4); n--;) changes[draw(ADSYNC__COUNT(changes))](&in);
        run_and_look(in.p, in.size);
    }
    return done;
}

/* ---- files, in the order of their names, so that the draws are the same everywhere */

static void take_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *p = malloc(FILE_MAX);

    if (!file || !p || seed_count == SEEDS_MAX) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    seeds[seed_count].size = fread(p, 1, FILE_MAX, file);
    seeds[seed_count].p = realloc(p, seeds[seed_count].size + 1);
    if (!seeds[seed_count++].p) exit(2);
    (void)fclose(file);
}

static void take_path(const char *path)
{
    struct stat info;
    struct dirent **names;
    char inside[4096];
    int n;

    if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode)) {
        take_file(path);
        return;
    }
    if ((n = scandir(path, &names, NULL, alphasort)) < 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    for (int i = 0; i < n; i++) {
        (void)snprintf(inside, sizeof inside, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.') take_file(inside);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    long runs = 0, done;

    prepare_last_words();
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-runs=", 6) == 0) runs = strtol(argv[i] + 6, NULL, 10);
        else take_path(argv[i]);
    }
    if (!seed_count) {
        fprintf(stderr, "usage: %s [-runs=N] FILE or FOLDER..\n", argv[0]);
        return 2;
    }
    run_and_look((const uint8_t *)"", 0);
    for (size_t i = 0; i < seed_count; i++) run_and_look(seeds[i].p, seeds[i].size);
    done = run_changed(runs);
    printf("%zu files and %ld changed inputs\n", seed_count, done);
    for (size_t i = 0; i < seed_count; i++) free(seeds[i].p);
    return 0;
}
