#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Choke points: what may be called where, and what nowhere. An embedded library is a guest: it asks no clock, owns no thread, writes
to no terminal and ends no process."""
import re
import checks

# names, who may call them (prefixes below src/), why nobody else
RULES = [
    (r'malloc|calloc|realloc|reallocarray|free|strdup|strndup|aligned_alloc|posix_memalign|v?asprintf|getline|getdelim|open_memstream',
     ['base/memory.c', 'adapters/sqlite/memory.c', 'adapters/postgres/memory.c'], 'memory comes from one file, so that a test can let it fail'),
    (r'clock_gettime|clock|time|gettimeofday|timespec_get|getrandom|getentropy|s?rand|rand_r|s?random|[dlm]rand48|arc4random\w*',
     ['base/effects.c'], 'clocks and randomness are effects of the host'),
    (r'sleep|usleep|nanosleep|clock_nanosleep', ['base/effects.c', 'adapters/'], 'waiting is an effect'),
    (r'localtime|gmtime|mktime|timegm|localtime_r|gmtime_r|strftime|strptime|ctime|asctime|tzset|setlocale|setenv|unsetenv|putenv|chdir|umask',
     [], 'it is the state of the whole process'),
    (r'curl_\w+', ['http/'], 'HTTP has its own room'),
    (r'(?:EVP|RAND|HMAC|OPENSSL|CRYPTO|BIO|PEM|X509|SSL|ERR|BN|OSSL|OBJ|ASN1)_\w+', ['crypto/'], 'OpenSSL has its own room'),
    (r'sqlite3_\w+', ['adapters/sqlite/'], 'SQLite has its own room'),
    (r'PQ[a-z]\w+', ['adapters/postgres/'], 'PostgreSQL has its own room'),
    (r'v?sprintf|strn?cpy|strn?cat|stpcpy|gets|alloca|strtok|ato[fil]|atoll|v?f?scanf|v?sscanf|strerror', [], 'it is unsafe; there is a better one'),
    (r'v?printf|puts|putchar|perror|v?dprintf', [], 'a guest writes to no terminal'),
    (r'exit|_exit|_Exit|quick_exit|abort|atexit|on_exit|raise|kill|fork|vfork|system|popen|exec[lv]\w*|posix_spawnp?|'
     r'signal|sigaction|sigprocmask|alarm|setitimer|pthread_create|thrd_create|longjmp|siglongjmp', [], 'the process belongs to the host'),
    (r'bcmp', [], 'use memcmp, or the constant-time compare of crypto for secrets'),
]
WORDS = [(re.compile(r'\b(stdout|stderr|stdin)\b'), [], 'a guest writes to no terminal'),
         (re.compile(r'\b(__thread|_Thread_local|thread_local)\b'), [], 'state belongs to a handle')]
SECRET_ROOMS = ('src/crypto/', 'src/vault/')
SECRET = re.compile(r'secret|token|password|plain|\bmac\b|_mac\b|mac_|signature|verifier|\btag\b|private', re.I)
COMPARE = re.compile(r'(?<![\w.>])(memcmp|strn?cmp|strn?casecmp)\s*\(([^;{}]*?)\)')
CALL = r'(?<![\w.])(?<!->)(%s)\s*\('


def allowed(path, places):
    return any(path.startswith('src/' + place) for place in places)


def check(root):
    rules = [(re.compile(CALL % names), places, why) for names, places, why in RULES] + WORDS
    for path in checks.files(root, 'src'):
        text = checks.DIRECTIVE.sub(checks.blank, checks.code(checks.read(root, path)))
        for pattern, places, why in rules:
            if allowed(path, places):
                continue
            for match in pattern.finditer(text):
                yield '%s:%d: %s: %s' % (path, checks.line_of(text, match.start()), match.group(1), why)
        for match in COMPARE.finditer(text):
            secret_room = path.startswith(SECRET_ROOMS) and match.group(1) == 'memcmp'
            if secret_room or SECRET.search(match.group(2)):
                yield '%s:%d: %s: compare secrets in constant time' % (path, checks.line_of(text, match.start()), match.group(1))


def body(statement):
    return 'void f(void)\n{\n    %s\n}\n' % statement


SAMPLES = [
    ('fine', {'src/base/memory.c': body('free(p);'), 'src/base/effects.c': body('clock_gettime(0, &t);'),
              'src/rows/a.c': body('host->random(u); x.time(1); adsync__free(p); /* malloc(1) */ log("printf(");')}, None),
    ('malloc', {'src/rows/a.c': body('p = malloc(1);')}, 'malloc: memory'),
    ('free', {'src/rows/a.c': body('free(p);')}, 'free: memory'),
    ('strdup', {'src/rows/a.c': body('p = strdup(q);')}, 'strdup'),
    ('clock', {'src/storage/a.c': body('clock_gettime(0, &t);')}, 'clock_gettime'),
    ('time', {'src/storage/a.c': body('t = time(NULL);')}, 'time:'),
    ('random', {'src/storage/a.c': body('getrandom(p, 8, 0);')}, 'getrandom'),
    ('curl', {'src/sync/a.c': body('curl_easy_init();')}, 'curl_easy_init'),
    ('openssl', {'src/vault/a.c': body('EVP_sha256();')}, 'EVP_sha256'),
    ('sqlite', {'src/storage/a.c': body('sqlite3_open(a, &b);')}, 'sqlite3_open'),
    ('sprintf', {'src/json/a.c': body('sprintf(a, "%d", 1);')}, 'sprintf'),
    ('strcpy', {'src/json/a.c': body('strcpy(a, b);')}, 'strcpy'),
    ('printf', {'src/json/a.c': body('printf("x");')}, 'printf'),
    ('stderr', {'src/json/a.c': body('fputs("x", stderr);')}, 'stderr'),
    ('abort', {'src/json/a.c': body('abort();')}, 'abort'),
    ('signal', {'src/http/a.c': body('signal(SIGPIPE, SIG_IGN);')}, 'signal'),
    ('tzset', {'src/base/zone.c': body('tzset();')}, 'tzset'),
    ('setenv', {'src/base/zone.c': body('setenv("TZ", "", 1);')}, 'setenv'),
    ('thread', {'src/base/a.c': body('pthread_create(&t, 0, f, 0);')}, 'pthread_create'),
    ('thread local', {'src/base/a.c': 'static _Thread_local int last;\n'}, '_Thread_local'),
    ('memcmp in crypto', {'src/crypto/a.c': body('if (memcmp(a, b, 32)) return;')}, 'constant time'),
    ('memcmp in vault', {'src/vault/a.c': body('if (memcmp(a, b, 32)) return;')}, 'constant time'),
    ('memcmp of a token', {'src/connect/a.c': body('if (memcmp(a->token, b, 32)) return;')}, 'constant time'),
    ('strcmp of a signature', {'src/webhook/a.c': body('if (strcmp(signature, b)) return;')}, 'constant time'),
    ('memcmp of names', {'src/rows/a.c': body('if (memcmp(a->name, b, 3)) return;')}, None),
]

if __name__ == '__main__':
    checks.main(check, SAMPLES)
