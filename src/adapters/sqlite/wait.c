/* SPDX-License-Identifier: MIT */
/* Waiting for another writer: the longest sleep doubles, the real one is drawn below it, so that writers who met once do not meet
 * again. What was slept is added up instead of asking a clock, which could jump. */
#include "sqlite_int.h"

enum { WAIT_FIRST_US = 250, WAIT_DOUBLINGS = 7 };

static sqlite3_vfs *wait_vfs(sqlite3 *db)
{
    sqlite3_vfs *vfs = NULL;

    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    return vfs;
}

int adsync__sqlite_wait(void *handle, int count)
{
    adsync__sqlite *s = handle;
    sqlite3_vfs *vfs = wait_vfs(s->db);
    uint32_t longest = (uint32_t)WAIT_FIRST_US << (count < WAIT_DOUBLINGS ? count : WAIT_DOUBLINGS), draw;
    int64_t left = s->timeout_us - s->waited_us, sleep_us;
    int slept;

    if (left <= 0 || !vfs) return 0;
    sqlite3_randomness(sizeof draw, &draw);
    sleep_us = 50 + draw % longest;
    if (sleep_us > left) sleep_us = left;
    slept = vfs->xSleep(vfs, (int)sleep_us);
    s->waited_us += slept > sleep_us ? slept : sleep_us;
    return 1;
}

int64_t adsync__sqlite_now_us(sqlite3 *db)
{
    const sqlite3_int64 epoch_ms = 210866760000000; /* from the start of the Julian day count to 1970 */
    sqlite3_vfs *vfs = wait_vfs(db);
    sqlite3_int64 ms = 0;

    if (!vfs || vfs->iVersion < 2 || !vfs->xCurrentTimeInt64 || vfs->xCurrentTimeInt64(vfs, &ms) != SQLITE_OK) return 0;
    return (ms - epoch_ms) * 1000;
}
