/* SPDX-License-Identifier: MIT */
/* P3: a secret that went through the vault is found nowhere afterwards: not in this process' memory, not in the storage's files, not in
 * a log or an error. And while it lives, it and the keys lie only in pages that no core dump shows.
 *
 * The test keeps what it looks for masked, and shows by finding it while it is there that it would find it. */
#include "place.h"

#include <adsync/sqlite.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN = 1024, PIECE = 16, WINDOW = 1 << 20, MASK = 0x5a };

static const unsigned long SHADOW = 1ul << 32; /* larger mappings are a sanitizer's books, not memory that anybody wrote to */

typedef struct needle {
    uint8_t masked[TOKEN];
    size_t size;
} needle;

typedef struct sight {
    size_t places; /* in memory */
    size_t dumped; /* of them, in pages that a core dump would show */
} sight;

static void *pages_take(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(p, MAP_FAILED);
    return p;
}

/* Any whole piece of the needle, so that a copy cut short counts too. */
static size_t needle_count(const needle *n, const uint8_t *p, size_t size)
{
    size_t found = 0;

    for (size_t at = 0; at + PIECE <= n->size; at += PIECE) {
        const uint8_t first = n->masked[at] ^ MASK;
        const uint8_t *q = p, *end = size < PIECE ? p : p + size - PIECE + 1;
        while (q < end && (q = memchr(q, first, (size_t)(end - q)))) {
            size_t i = 1;
            while (i < PIECE && q[i] == (n->masked[at + i] ^ MASK)) i++;
            found += i == PIECE;
            q++;
        }
    }
    return found;
}

/* Reads [from, to) of this process through a window that is left out of the search. */
static size_t memory_count(const needle *n, int mem, uint8_t *window, unsigned long from, unsigned long to)
{
    size_t found = 0;

    for (unsigned long at = from; at < to; at += WINDOW - PIECE) {
        size_t size = to - at < WINDOW ? to - at : WINDOW;
        ssize_t got = pread(mem, window, size, (off_t)at);
        if (got > 0) found += needle_count(n, window, (size_t)got);
        memset(window, 0, WINDOW);
    }
    return found;
}

static sight memory_search(const needle *n)
{
    uint8_t *window = pages_take(WINDOW);
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/smaps", "r");
    unsigned long from = 0, to = 0;
    char line[512], rights[8] = "";
    sight s = { 0 };
    size_t here = 0;

    assert_true(mem >= 0 && maps);
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3) {
            bool skip = rights[0] != 'r' || from == (unsigned long)window || strstr(line, "[vvar") || strstr(line, "[vsyscall") ||
                        to - from > SHADOW;
            here = skip ? 0 : memory_count(n, mem, window, from, to);
            s.places += here;
        }
        if (!strncmp(line, "VmFlags:", 8) && !strstr(line, " dd")) s.dumped += here;
    }
    (void)fclose(maps);
    (void)close(mem);
    (void)munmap(window, WINDOW);
    return s;
}

static size_t file_search(const needle *n, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    uint8_t *p;
    size_t found;

    if (fd < 0) return 0;
    assert_int_equal(fstat(fd, &st), 0);
    p = malloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
    (void)close(fd);
    found = needle_count(n, p, (size_t)st.st_size);
    free(p);
    return found;
}

/* Letters that were never in memory unmasked but in pages that are given back. */
static char *token_show(const needle *n)
{
    char *p = pages_take(TOKEN + 1);

    for (size_t i = 0; i < n->size; i++) p[i] = (char)(n->masked[i] ^ MASK);
    return p;
}

static void token_hide(char *p)
{
    adsync__wipe(p, TOKEN + 1);
    (void)munmap(p, TOKEN + 1);
}

static void needle_draw(needle *n, const adsync__effects *effects, size_t size)
{
    n->size = size;
    assert_int_equal(adsync__random(effects, n->masked, (uint32_t)size, NULL), ADSYNC_OK);
    for (size_t i = 0; i < size; i++) n->masked[i] = (uint8_t)('!' + n->masked[i] % 90) ^ MASK;
}

static void key_file(const place *at, const needle *master)
{
    adsync__buffer line;
    char *p = token_show(master);

    adsync__buffer_begin(&line, 200);
    adsync__buffer_text(&line, "k1:");
    adsync__base64_add(&line, p, master->size);
    place_write(at, line.p);
    adsync__wipe(line.p, line.size);
    adsync__buffer_free(&line);
    token_hide(p);
}

typedef struct traces {
    place at;
    place_host host;
    adsync__effects effects;
    needle token, master, data;
    char database[96];
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_vault *vault;
} traces;

static void traces_begin(traces *t)
{
    place_make(&t->at);
    assert_int_equal(adsync__effects_begin(&t->effects, NULL, NULL), ADSYNC_OK);
    needle_draw(&t->token, &t->effects, TOKEN);
    needle_draw(&t->master, &t->effects, ADSYNC__KEY_SIZE);
    key_file(&t->at, &t->master);
    (void)snprintf(t->database, sizeof t->database, "%s/db", t->at.folder);
    assert_int_equal(adsync_sqlite_open(t->database, NULL, &t->storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_keys_open_file(t->at.path, &t->keys, NULL), ADSYNC_OK);
    t->vault = place_vault(t->storage, t->keys, place_host_begin(&t->host));
}

/* The data key is drawn inside; it is learned, masked, from where the vault keeps it. */
static void traces_learn(traces *t)
{
    const vault_key *key = adsync__vault_cache_key(adsync__vault_cache_name(&t->vault->cache, "acme"), 1);

    t->data.size = ADSYNC__KEY_SIZE;
    for (size_t i = 0; i < ADSYNC__KEY_SIZE; i++) t->data.masked[i] = (uint8_t)key->key.p[i] ^ MASK;
}

/* Through every public call that ever holds a secret, and the ways in which they fail. */
static void traces_use(traces *t, adsync_bytes **kept)
{
    char *token = token_show(&t->token);
    adsync_bytes *sealed = NULL, *out = NULL;
    adsync_error *error = NULL;
    uint32_t left;
    size_t size;
    const void *p;

    assert_int_equal(adsync_vault_seal(t->vault, "acme", "grant:1/access", 1, token, TOKEN, &sealed, &error), ADSYNC_OK);
    traces_learn(t);
    p = adsync_bytes_data(sealed, &size);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(adsync_vault_unseal(t->vault, "acme", "grant:1/access", 1, p, size, &out, &error), ADSYNC_OK);
        adsync_bytes_free(out);
    }
    assert_int_equal(adsync_vault_unseal(t->vault, "acme", "grant:1/access", 2, p, size, &out, &error),
                     ADSYNC_E_FORGED); /* decrypted, then refused */
    assert_int_equal(adsync_vault_seal(t->vault, token, "c", 1, "x", 1, &out, &error),
                     ADSYNC_E_INVALID); /* an organisation too long for a name */
    place_put_secret(t->storage, t->vault, 1, 1, "access", 1, token);
    assert_int_equal(place_get_secret(t->storage, t->vault, 1, 1, "access", token), ADSYNC_OK);
    assert_int_equal(adsync_vault_rotate(t->vault, "acme", &error), ADSYNC_OK);
    assert_int_equal(adsync_vault_reseal(t->vault, "acme", 10, &left, &error), ADSYNC_OK);
    assert_int_equal(place_get_secret(t->storage, t->vault, 1, 1, "access", token), ADSYNC_OK);
    assert_int_equal(adsync_vault_unseal(t->vault, "acme", "grant:1/access", 1, p, size, kept, &error), ADSYNC_OK);
    adsync_bytes_free(sealed);
    adsync_error_free(error);
    token_hide(token);
}

static void expect_only_undumped(const needle *n)
{
    sight s = memory_search(n);

    assert_true(s.places > 0); /* so the search does find what is there */
    assert_int_equal(s.dumped, 0);
}

static void expect_nowhere(const traces *t, const needle *n)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    char path[128];

    assert_int_equal(memory_search(n).places, 0); /* the log and all errors are in memory too */
    for (size_t i = 0; i < ADSYNC__COUNT(endings); i++) {
        (void)snprintf(path, sizeof path, "%s%s", t->database, endings[i]);
        assert_int_equal(file_search(n, path), 0);
    }
}

static void P3_a_secret_leaves_no_trace_and_keys_live_in_pages_that_are_not_dumped(void **state)
{
    traces *t = calloc(1, sizeof *t);
    adsync_bytes *kept = NULL;
    needle control = { .size = PIECE };
    char *shown, path[128];

    (void)state;
    traces_begin(t);
    memcpy(control.masked, t->token.masked, PIECE);
    shown = token_show(&control); /* in plain pages: the search must say so */
    assert_int_equal(memory_search(&control).dumped, 1);
    token_hide(shown);
    traces_use(t, &kept);
    expect_only_undumped(&t->token);
    expect_only_undumped(&t->master);
    expect_only_undumped(&t->data);
    adsync_bytes_free(kept);
    expect_nowhere(t, &t->token);
    adsync_vault_free(t->vault);
    expect_nowhere(t, &t->data);
    expect_only_undumped(&t->master);
    adsync_keys_free(t->keys);
    expect_nowhere(t, &t->master);
    adsync_storage_free(t->storage);
    expect_nowhere(t, &t->token);
    (void)unlink(t->database);
    (void)snprintf(path, sizeof path, "%s-wal", t->database);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s-shm", t->database);
    (void)unlink(path);
    place_remove(&t->at);
    free(t);
}

static void a_data_key_that_a_kms_gave_lives_in_pages_that_are_not_dumped(void **state)
{
    traces *t = calloc(1, sizeof *t);
    place_kms kms = { 0 };
    adsync_bytes *sealed;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &t->storage, NULL), ADSYNC_OK);
    t->keys = place_kms_keys(&kms, "arn");
    t->vault = place_vault(t->storage, t->keys, NULL);
    sealed = place_seal(t->vault, "acme", "c", 1, "x");
    adsync_vault_free(t->vault);
    t->vault = place_vault(t->storage, t->keys, NULL);
    assert_int_equal(place_opens(t->vault, "acme", "c", 1, sealed, "x"), ADSYNC_OK); /* unwrapped, not made */
    traces_learn(t);
    expect_only_undumped(&t->data);
    adsync_vault_free(t->vault);
    assert_int_equal(memory_search(&t->data).places, 0);
    adsync_bytes_free(sealed);
    adsync_keys_free(t->keys);
    adsync_storage_free(t->storage);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P3_a_secret_leaves_no_trace_and_keys_live_in_pages_that_are_not_dumped),
        cmocka_unit_test(a_data_key_that_a_kms_gave_lives_in_pages_that_are_not_dumped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
