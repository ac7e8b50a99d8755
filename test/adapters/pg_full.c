/* SPDX-License-Identifier: MIT */
/* Put before a server's own libraries: while a file named `full` lies in its data folder, no file grows any more. */
#include <dlfcn.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t full_pwrite(int fd, const void *bytes, size_t size, off_t at) __asm__("pwrite"); /* as the server calls it */

ssize_t full_pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    struct stat st;

    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
    if (!fstat(fd, &st) && at >= st.st_size && !access("full", F_OK)) {
        errno = ENOSPC;
        return -1;
    }
    return real(fd, bytes, size, at);
}
