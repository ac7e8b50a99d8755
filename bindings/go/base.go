// SPDX-License-Identifier: MIT

package adsync

/*
#cgo pkg-config: adsync
#cgo CFLAGS: -std=gnu11
#include <stdlib.h>
#include "bridge.h"
*/
import "C"

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Version gives the version of the library that is loaded, for instance 10203 for 1.2.3.
func Version() int { return int(C.adsync_version()) }

// texts are Go's texts on their way into C: copied, freed after the call. One that holds NUL would be cut by C and is an error.
type texts struct {
	copies []unsafe.Pointer
	err    error
}

func (t *texts) must(s string) *C.char {
	if strings.IndexByte(s, 0) >= 0 && t.err == nil {
		t.err = &Error{Status: ErrInvalid, Name: "invalid.text", Message: "a text holds a NUL"}
	}
	c := C.CString(s)
	t.copies = append(t.copies, unsafe.Pointer(c))
	return c
}

// may makes NULL of "".
func (t *texts) may(s string) *C.char {
	if s == "" {
		return nil
	}
	return t.must(s)
}

// list makes an array that ends in NULL.
func (t *texts) list(all []string) **C.char {
	if len(all) == 0 {
		return nil
	}
	p := C.calloc(C.size_t(len(all)+1), C.size_t(unsafe.Sizeof((*C.char)(nil))))
	t.copies = append(t.copies, p)
	list := (**C.char)(p)
	for i, s := range all {
		unsafe.Slice(list, len(all)+1)[i] = t.must(s)
	}
	return list
}

func (t *texts) free() {
	for _, p := range t.copies {
		C.free(p)
	}
	t.copies = nil
}

// bytesPointer is only good for a call that keeps nothing.
func bytesPointer(p []byte) unsafe.Pointer {
	if len(p) == 0 {
		return nil
	}
	return unsafe.Pointer(&p[0])
}

// micros rounds away from zero: a short wait is not none.
func micros(d time.Duration) C.int64_t {
	us := d.Microseconds()
	if d > 0 && d%time.Microsecond != 0 {
		us++
	}
	return C.int64_t(us)
}

func instant(t time.Time) C.int64_t {
	if t.IsZero() {
		return 0
	}
	return C.int64_t(t.UnixMicro())
}

// A gate lets one goroutine at a time use a handle, and the handles that use each other share one. Handles belong to threads only
// while a call lasts, so goroutines may move between calls; inside one they are locked to their thread, which is how a call from
// within a callback, on the same thread, is told from one that simply has to wait.
type gate struct {
	turn   chan struct{}
	thread atomic.Int64
	taken  bool // by a store that something was opened on; see share
}

func newGate() *gate { return &gate{turn: make(chan struct{}, 1)} }

var errInside = &Error{Status: ErrBusy, Name: "busy", Message: "called from inside a callback of the same handle"}

func (g *gate) inside() bool { return g.thread.Load() == int64(syscall.Gettid()) }

func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	runtime.LockOSThread()
	select {
	case g.turn <- struct{}{}:
	default:
		if g.inside() {
			runtime.UnlockOSThread()
			return errInside
		}
		select {
		case g.turn <- struct{}{}:
		case <-ctx.Done():
			runtime.UnlockOSThread()
			return ctx.Err()
		}
	}
	g.thread.Store(int64(syscall.Gettid()))
	return nil
}

func (g *gate) leave() {
	g.thread.Store(0)
	<-g.turn
	runtime.UnlockOSThread()
}

// use runs a call that does not wait for a platform.
func (g *gate) use(ctx context.Context, call func(err **C.adsync_error) C.adsync_status) (Status, error) {
	if err := g.enter(ctx); err != nil {
		return ErrBusy, err
	}
	defer g.leave()
	var words *C.adsync_error
	rc := call(&words)
	return Status(rc), failure(rc, words)
}

type actorKey struct{}

// WithActor names who asks, for the audit, in all calls that are made with the context.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

const patience = 24 * time.Hour // where a context has no end: every exchange has one of its own

// options of a call that waits as long as its context does
func callOptions(ctx context.Context, t *texts, most time.Duration) C.adsync_call {
	wait := most
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		wait = time.Until(deadline)
	}
	actor, _ := ctx.Value(actorKey{}).(string)
	call := C.adsync_call{size: C.sizeof_adsync_call, wait_us: micros(wait), actor: t.may(actor)}
	if wait <= 0 {
		call.wait_us = -1
	}
	return call
}

type waiting func(call *C.adsync_call, t *texts, err **C.adsync_error) C.adsync_status

// wait runs a call that waits for a platform. Its deadline is the context's. Where the context is cancelled before, it returns at once;
// what was begun goes on in a goroutine and is stored.
func (g *gate) wait(ctx context.Context, call waiting) (Status, error) {
	type end struct {
		status Status
		err    error
	}
	var begun atomic.Bool // by the call, or given up by its caller: whoever is first
	run := func() end {
		var t texts
		defer t.free()
		status, err := g.use(ctx, func(words **C.adsync_error) C.adsync_status {
			if !begun.CompareAndSwap(false, true) {
				return C.ADSYNC_OK
			}
			options := callOptions(ctx, &t, patience)
			return call(&options, &t, words)
		})
		if err == nil {
			err = t.err
		}
		return end{status, err}
	}
	if g.inside() {
		return ErrBusy, errInside
	}
	if ctx.Done() == nil {
		e := run()
		return e.status, e.err
	}
	ended := make(chan end, 1)
	go func() { ended <- run() }()
	select {
	case e := <-ended:
		if e.err == nil && e.status == StatusPending {
			return e.status, pendingError(ctx)
		}
		return e.status, e.err
	case <-ctx.Done():
		if begun.CompareAndSwap(false, true) {
			return ErrCancelled, ctx.Err()
		}
		return StatusPending, pendingError(ctx)
	}
}

func pendingError(ctx context.Context) error {
	cause := ctx.Err()
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	return &Error{Status: StatusPending, Name: "pending", Message: "it goes on and is stored: " + cause.Error(), cause: cause}
}
