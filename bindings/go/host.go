// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"io"
	"log"
	"runtime/cgo"
	"time"
	"unsafe"
)

// A Clock is where a host's time comes from: a simulated one in tests.
type Clock interface {
	// Now is the wall clock.
	Now() time.Time
	// Monotonic never goes back; it counts from any start.
	Monotonic() time.Duration
}

// A LogLevel is how bad a log line is: LogError, LogWarn, LogInfo, LogDebug, LogTrace.
type LogLevel uint32

// A Logger takes log lines, each one JSON object in which no secret appears. It must not block.
type Logger interface {
	Log(level LogLevel, json string)
}

// LoggerFunc is a function that is a Logger.
type LoggerFunc func(level LogLevel, json string)

// Log calls f.
func (f LoggerFunc) Log(level LogLevel, json string) { f(level, json) }

// StandardLogger writes lines up to a level to a logger of the standard library.
func StandardLogger(to *log.Logger, up LogLevel) Logger {
	return LoggerFunc(func(level LogLevel, json string) {
		if level <= up {
			to.Print(json)
		}
	})
}

// A Host is what a program may put in the place of the system's. Its parts run inside calls and must not call back into what they serve.
type Host struct {
	Clock  Clock     // nil: the system's
	Random io.Reader // unpredictable bytes; nil: the system's
	Logger Logger    // nil: no log
}

// handle gives C a way to the host, and what gives it back when all that uses it is gone.
func (h *Host) handle() (host *C.adsync_host, done func()) {
	if h == nil {
		return nil, func() {}
	}
	var slots C.uint32_t
	if h.Clock != nil {
		slots |= C.BRIDGE_CLOCK
	}
	if h.Random != nil {
		slots |= C.BRIDGE_RANDOM
	}
	if h.Logger != nil {
		slots |= C.BRIDGE_LOG
	}
	handle := cgo.NewHandle(h)
	host = C.bridge_host(C.uintptr_t(handle), slots)
	if host == nil {
		panic(errMemory)
	}
	return host, func() { C.bridge_free(unsafe.Pointer(host)); handle.Delete() }
}

func hostOf(handle C.uintptr_t) *Host { return cgo.Handle(handle).Value().(*Host) }

//export adsyncGoNow
func adsyncGoNow(handle C.uintptr_t) (us C.int64_t) {
	guarded(nil, func() error { us = C.int64_t(hostOf(handle).Clock.Now().UnixMicro()); return nil })
	return us
}

//export adsyncGoMonotonic
func adsyncGoMonotonic(handle C.uintptr_t) (us C.int64_t) {
	guarded(nil, func() error { us = C.int64_t(hostOf(handle).Clock.Monotonic().Microseconds()); return nil })
	return us
}

//export adsyncGoRandom
func adsyncGoRandom(handle C.uintptr_t, out unsafe.Pointer, size C.uint32_t) C.adsync_status {
	return guarded(nil, func() error {
		_, err := io.ReadFull(hostOf(handle).Random, unsafe.Slice((*byte)(out), int(size)))
		return err
	})
}

//export adsyncGoLog
func adsyncGoLog(handle C.uintptr_t, level C.uint32_t, json *C.char) {
	guarded(nil, func() error { hostOf(handle).Logger.Log(LogLevel(level), C.GoString(json)); return nil })
}
