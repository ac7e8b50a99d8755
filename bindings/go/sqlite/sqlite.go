// SPDX-License-Identifier: MIT

// Package sqlite is libadsync's storage on SQLite: one file, one machine, a few writers. include/adsync/sqlite.h says what it promises.
package sqlite

/*
#cgo pkg-config: adsync-sqlite
#include <stdlib.h>
#include <adsync/adsync.h>
#include <adsync/sqlite.h>
*/
import "C"

import (
	"strings"
	"time"
	"unsafe"

	"adsync"
)

// Flags of Options.
const (
	NoDDL    = C.ADSYNC_SQLITE_NO_DDL    // never create or alter anything: the program migrates with the text of DDL
	ReadOnly = C.ADSYNC_SQLITE_READ_ONLY // commits are refused with ErrUnsupported
)

// Options say how a file is opened.
type Options struct {
	Flags   uint32
	Timeout time.Duration // how long to wait for another writer before ErrRetry; 0: 10 s
	Prefix  string        // of table and view names; "": "adsync_"
}

func (o Options) c(prefix *C.char) C.adsync_sqlite_options {
	c := C.adsync_sqlite_options{size: C.sizeof_adsync_sqlite_options, flags: C.uint32_t(o.Flags),
		timeout_us: C.int64_t(o.Timeout.Microseconds())}
	if o.Prefix != "" {
		c.prefix = prefix
	}
	return c
}

var errNUL = &adsync.Error{Status: adsync.ErrInvalid, Name: "invalid.text", Message: "a text holds a NUL"}

// Open opens a file, creates what is missing and migrates an older schema.
func Open(path string, options Options) (*adsync.Store, error) {
	if strings.IndexByte(path+options.Prefix, 0) >= 0 {
		return nil, errNUL
	}
	file, prefix := C.CString(path), C.CString(options.Prefix)
	defer C.free(unsafe.Pointer(file))
	defer C.free(unsafe.Pointer(prefix))
	c := options.c(prefix)
	var out *C.adsync_storage
	var words *C.adsync_error
	rc := C.adsync_sqlite_open(file, &c, &out, &words)
	return adsync.AdoptStore(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
}

// DDL gives the statements that bring a schema up to this library's from a version (0: none), to be run in one transaction.
func DDL(from int, options Options) (string, error) {
	prefix := C.CString(options.Prefix)
	defer C.free(unsafe.Pointer(prefix))
	c := options.c(prefix)
	var out *C.adsync_bytes
	var words *C.adsync_error
	rc := C.adsync_sqlite_ddl(C.uint32_t(from), &c, &out, &words)
	return adsync.AdoptText(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
}
