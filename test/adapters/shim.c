/* SPDX-License-Identifier: MIT */
#include "shim.h"

#include <sqlite3.h>
#include <string.h>

typedef struct shim_file {
    sqlite3_file base;
    sqlite3_file *real; /* right behind */
} shim_file;

static struct {
    uint32_t kind;
    uint64_t nth, seen, syncs;
    bool from_then_on;
} shim;

static sqlite3_mem_methods shim_memory;
static sqlite3_vfs shim_vfs, *shim_real;

void shim_fail(uint32_t kind, uint64_t nth, bool from_then_on)
{
    shim.kind = kind;
    shim.nth = nth;
    shim.seen = 0;
    shim.from_then_on = from_then_on;
}

uint64_t shim_stop(void)
{
    shim.kind = 0;
    return shim.seen;
}

uint64_t shim_syncs(void) { return shim.syncs; }

static bool shim_fails(void)
{
    shim.seen++;
    if (!shim.nth) return false;
    return shim.from_then_on ? shim.seen >= shim.nth : shim.seen == shim.nth;
}

static void *shim_malloc(int size) { return shim.kind == SHIM_MEMORY && shim_fails() ? NULL : shim_memory.xMalloc(size); }

static void *shim_realloc(void *p, int size)
{
    return shim.kind == SHIM_MEMORY && shim_fails() ? NULL : shim_memory.xRealloc(p, size);
}

/* Whether a call that changes files is to fail, and whether it is to be done all the same. */
static bool shim_disk(bool *done)
{
    bool fails = shim.kind >= SHIM_DISK_BEFORE && shim_fails();

    *done = !fails || shim.kind == SHIM_DISK_AFTER;
    return fails;
}

static int shim_code(int code) { return shim.kind == SHIM_DISK_FULL ? SQLITE_FULL : code; }
static sqlite3_file *real(sqlite3_file *f) { return ((shim_file *)(void *)f)->real; }

static int shim_close(sqlite3_file *f) { return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK; }
static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), p, n, at); }

static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    bool done, fails = shim_disk(&done);
    int code = done ? real(f)->pMethods->xWrite(real(f), p, n, at) : SQLITE_OK;

    return fails ? shim_code(SQLITE_IOERR_WRITE) : code;
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    bool done, fails = shim_disk(&done);
    int code = done ? real(f)->pMethods->xTruncate(real(f), size) : SQLITE_OK;

    return fails ? SQLITE_IOERR_TRUNCATE : code;
}

static int shim_sync(sqlite3_file *f, int flags)
{
    bool done, fails = shim_disk(&done);
    int code = done ? real(f)->pMethods->xSync(real(f), flags) : SQLITE_OK;

    shim.syncs++;
    return fails ? SQLITE_IOERR_FSYNC : code;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *size) { return real(f)->pMethods->xFileSize(real(f), size); }
static int shim_lock(sqlite3_file *f, int lock) { return real(f)->pMethods->xLock(real(f), lock); }
static int shim_unlock(sqlite3_file *f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); }
static int shim_reserved(sqlite3_file *f, int *out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
static int shim_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int shim_facts(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static void shim_shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int shim_shm_unmap(sqlite3_file *f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }
static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); }

static int shim_control(sqlite3_file *f, int op, void *p)
{
    return real(f)->pMethods->xFileControl(real(f), op, p);
}

static int shim_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    bool done = true, fails = extend && shim_disk(&done);
    int code = done ? real(f)->pMethods->xShmMap(real(f), region, size, extend, out) : SQLITE_OK;

    if (fails) *out = NULL;
    return fails ? SQLITE_IOERR_SHMSIZE : code;
}

static const sqlite3_io_methods shim_methods = {
    2,          shim_close,   shim_read,     shim_write,       shim_truncate,  shim_sync,
    shim_size,  shim_lock,    shim_unlock,   shim_reserved,    shim_control,   shim_sector,
    shim_facts, shim_shm_map, shim_shm_lock, shim_shm_barrier, shim_shm_unmap, NULL,
    NULL,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    shim_file *mine = (shim_file *)(void *)f;
    bool done, fails = flags & SQLITE_OPEN_CREATE && shim_disk(&done);
    int code;

    (void)vfs;
    memset(mine, 0, (size_t)shim_vfs.szOsFile);
    mine->real = (sqlite3_file *)(void *)(mine + 1);
    if (fails) return SQLITE_CANTOPEN;
    if ((code = shim_real->xOpen(shim_real, name, mine->real, flags, out)) == SQLITE_OK) mine->base.pMethods = &shim_methods;
    return code;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    bool done, fails = shim_disk(&done);
    int code = done ? shim_real->xDelete(shim_real, name, sync) : SQLITE_OK;

    (void)vfs;
    return fails ? SQLITE_IOERR_DELETE : code;
}

void shim_begin(void)
{
    sqlite3_mem_methods mine;

    (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &shim_memory);
    mine = shim_memory;
    mine.xMalloc = shim_malloc;
    mine.xRealloc = shim_realloc;
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* which would hand out small pieces without asking */
    (void)sqlite3_initialize();
    shim_real = sqlite3_vfs_find(NULL);
    shim_vfs = *shim_real;
    shim_vfs.zName = "shim";
    shim_vfs.pNext = NULL;
    shim_vfs.szOsFile = (int)sizeof(shim_file) + shim_real->szOsFile;
    shim_vfs.xOpen = shim_open;
    shim_vfs.xDelete = shim_delete;
    (void)sqlite3_vfs_register(&shim_vfs, 1);
}
