// SPDX-License-Identifier: MIT

// Package postgres is libadsync's storage on PostgreSQL: any number of workers on any number of machines. include/adsync/postgres.h says
// what it promises.
package postgres

/*
#cgo pkg-config: adsync-postgres
#include <stdlib.h>
#include <adsync/adsync.h>
#include <adsync/postgres.h>
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
	NoDDL  = C.ADSYNC_POSTGRES_NO_DDL // never create or alter anything: the program migrates with the text of DDL
	Pooled = C.ADSYNC_POSTGRES_POOLED // a pooler of transactions stands between

	// Partitions: where tables are made, figures lie in partitions by month, calls by day.
	Partitions = C.ADSYNC_POSTGRES_PARTITIONS
)

// Options say how a database is opened.
type Options struct {
	Flags   uint32
	Timeout time.Duration // how long to wait for another writer of a row before ErrRetry; 0: 10 s
	Prefix  string        // of table and view names; "": "adsync_"
	Engine  string        // the role that engines log in as, where another one makes the tables
	Reader  string        // a role of people and dashboards
	Listen  string        // connection string for LISTEN, past a pooler
}

// with hands the options to C while call runs.
func (o Options) with(conninfo string, call func(conninfo *C.char, c *C.adsync_postgres_options)) error {
	copies := make([]*C.char, 5)
	for i, s := range []string{o.Prefix, o.Engine, o.Reader, o.Listen, conninfo} {
		if strings.IndexByte(s, 0) >= 0 {
			return &adsync.Error{Status: adsync.ErrInvalid, Name: "invalid.text", Message: "a text holds a NUL"}
		}
		if s != "" || i == 4 {
			copies[i] = C.CString(s)
			defer C.free(unsafe.Pointer(copies[i]))
		}
	}
	call(copies[4], &C.adsync_postgres_options{size: C.sizeof_adsync_postgres_options, flags: C.uint32_t(o.Flags),
		timeout_us: C.int64_t(o.Timeout.Microseconds()), prefix: copies[0], engine: copies[1], reader: copies[2], listen: copies[3]})
	return nil
}

// Open connects, creates what is missing and migrates an older schema. What conninfo does not say comes from the environment (PGHOST ..).
func Open(conninfo string, options Options) (store *adsync.Store, err error) {
	bad := options.with(conninfo, func(conninfo *C.char, c *C.adsync_postgres_options) {
		var out *C.adsync_storage
		var words *C.adsync_error
		rc := C.adsync_postgres_open(conninfo, c, &out, &words)
		store, err = adsync.AdoptStore(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
	})
	if bad != nil {
		return nil, bad
	}
	return store, err
}

// DDL gives the statements that bring a schema up to this library's from a version (0: none), to be run in one transaction.
func DDL(from int, options Options) (text string, err error) {
	bad := options.with("", func(_ *C.char, c *C.adsync_postgres_options) {
		var out *C.adsync_bytes
		var words *C.adsync_error
		rc := C.adsync_postgres_ddl(C.uint32_t(from), c, &out, &words)
		text, err = adsync.AdoptText(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
	})
	if bad != nil {
		return "", bad
	}
	return text, err
}
