// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"io"
	"runtime/cgo"
	"sync"
	"time"
)

// A Transport is how requests travel.
type Transport struct {
	c *C.adsync_transport
	*gate
}

var _ io.Closer = (*Transport)(nil)

// CurlOptions say how OpenCurl opens.
type CurlOptions struct {
	Flags     uint32 // CurlPlain
	CAFile    string // replaces the system's CAs
	ConnectTo string // "127.0.0.1:9443": every connection goes there, while URLs stay those of the real platform: a simulator
}

// OpenCurl opens the transport over libcurl.
func OpenCurl(options CurlOptions) (*Transport, error) {
	var t texts
	defer t.free()
	c := C.adsync_curl_options{size: C.sizeof_adsync_curl_options, flags: C.uint32_t(options.Flags), ca_file: t.may(options.CAFile),
		connect_to: t.may(options.ConnectTo)}
	if t.err != nil {
		return nil, t.err
	}
	var out *C.adsync_transport
	var words *C.adsync_error
	if err := failure(C.adsync_curl_open(&c, &out, &words), words); err != nil {
		return nil, err
	}
	return &Transport{out, newGate()}, nil
}

// Close lets go of the transport. Engines that use it keep it alive.
func (t *Transport) Close() error {
	if t == nil {
		return nil
	}
	_, err := t.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		C.adsync_transport_free(t.c)
		t.c = nil
		return C.ADSYNC_OK
	})
	return err
}

func (s *Store) handle() *C.adsync_storage {
	if s == nil {
		return nil
	}
	return s.c
}

func (k *Keys) handle() *C.adsync_keys {
	if k == nil {
		return nil
	}
	return k.c
}

func (t *Transport) handle() *C.adsync_transport {
	if t == nil {
		return nil
	}
	return t.c
}

var sharing sync.Mutex

// share makes a store, keys and a transport take turns as one, since an engine uses them inside its calls. Keys and transports serve the
// engines of one store: with another store they would be used by two goroutines at once.
func share(store *Store, keys *Keys, transport *Transport) (*gate, error) {
	if store == nil {
		return nil, &Error{Status: ErrInvalid, Name: "invalid.null", Message: "there is no Store"}
	}
	sharing.Lock()
	defer sharing.Unlock()
	for _, other := range []**gate{keys.gateOf(), transport.gateOf()} {
		if other == nil || *other == store.gate {
			continue
		}
		if (*other).taken {
			return nil, &Error{Status: ErrInvalid, Name: "engine.shared",
				Message: "these Keys, or this Transport, serve another Store: open them once more for this one"}
		}
		*other = store.gate
	}
	store.gate.taken = true
	return store.gate, nil
}

func (k *Keys) gateOf() **gate {
	if k == nil {
		return nil
	}
	return &k.gate
}

func (t *Transport) gateOf() **gate {
	if t == nil {
		return nil
	}
	return &t.gate
}

// EngineOptions say how an engine is opened; zero means the default everywhere but for Storage.
type EngineOptions struct {
	Flags       uint32        // EngineNoPlatforms, EngineNoClaim
	MaxInFlight int           // exchanges at once; 0: 500
	MaxClaim    int           // jobs at once; 0: 200
	Lease       time.Duration // how long it may be silent before others take over its work; 0: 30 s
	Poll        time.Duration // how often an idle engine looks for work; 0: 1 s
	MaxTurn     time.Duration // a turn stops digesting after this; 0: 50 ms
	Storage     *Store        // stays yours to close, at any time, like the next two
	Keys        *Keys         // nil: nothing can be sealed, so nothing can be connected
	Transport   *Transport    // nil: libcurl
	Host        *Host         // nil: the system's clocks and randomness, no log
	Worker      string        // its name in leases and logs; "": made up

	KeepCallsDays     int // calls to platforms are dropped after so many days; 0: 90, -1: never
	KeepJobsDays      int // jobs are, so long after their end; 0: 90, -1: never
	KeepRevisionsDays int // what figures said before they changed is; 0: 400, -1: never
}

// An Engine claims work, sends what limits allow, digests what comes and commits it. It works while it is called. Any number of goroutines
// may use it: they take turns, and a goroutine in Run or JobWait lets the others in between. More engines, in this process or on other
// machines, meet only in the storage; give each its own Store.
type Engine struct {
	c    *C.adsync_engine
	done []func()
	*gate
}

var _ io.Closer = (*Engine)(nil)

// OpenEngine opens an engine.
func OpenEngine(options EngineOptions) (*Engine, error) {
	shared, err := share(options.Storage, options.Keys, options.Transport)
	if err != nil {
		return nil, err
	}
	var t texts
	defer t.free()
	host, done := options.Host.handle()
	c := C.adsync_engine_options{size: C.sizeof_adsync_engine_options, flags: C.uint32_t(options.Flags),
		max_in_flight: C.uint32_t(options.MaxInFlight), max_claim: C.uint32_t(options.MaxClaim), lease_us: micros(options.Lease),
		poll_us: micros(options.Poll), max_turn_us: micros(options.MaxTurn), storage: options.Storage.handle(),
		keys: options.Keys.handle(), transport: options.Transport.handle(), host: host, worker: t.may(options.Worker),
		keep_calls_days: C.int32_t(options.KeepCallsDays), keep_jobs_days: C.int32_t(options.KeepJobsDays),
		keep_revisions_days: C.int32_t(options.KeepRevisionsDays)}
	e := &Engine{gate: shared, done: []func(){done}}
	if err = t.err; err == nil {
		_, err = e.use(context.Background(), func(words **C.adsync_error) C.adsync_status { return C.adsync_engine_open(&c, &e.c, words) })
	}
	if err != nil {
		done()
		return nil, err
	}
	return e, nil
}

// Close gives back what the engine holds and frees it.
func (e *Engine) Close() error {
	if e == nil {
		return nil
	}
	_, err := e.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		if e.c == nil {
			return C.ADSYNC_OK
		}
		C.adsync_engine_free(e.c)
		e.c = nil
		for _, done := range e.done {
			done()
		}
		return C.ADSYNC_OK
	})
	return err
}

// woken makes a turn that waits return when the context ends.
func (e *Engine) woken(ctx context.Context, turn func() C.adsync_status) C.adsync_status {
	if ctx.Done() == nil || e.c == nil {
		return turn()
	}
	over, gone := make(chan struct{}), make(chan struct{})
	go func(c *C.adsync_engine) {
		defer close(gone)
		select {
		case <-ctx.Done():
			C.adsync_engine_wake(c)
		case <-over:
		}
	}(e.c)
	defer func() { close(over); <-gone }()
	return turn()
}

// Step makes one turn; it waits at most so long for something to happen, 0: not at all. StatusIdle: nothing is due and nothing is in
// flight.
func (e *Engine) Step(ctx context.Context, most time.Duration) (Status, error) {
	return e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return e.woken(ctx, func() C.adsync_status { return C.adsync_engine_step(e.c, micros(most), words) })
	})
}

const slice = 50 * time.Millisecond // so long other goroutines wait at most for one that only turns the engine

// Run turns until the context ends, and answers why it did: a context's error, or the failure that ended it. What a turn could not do
// because the storage failed is kept and tried again.
func (e *Engine) Run(ctx context.Context) error {
	for {
		_, err := e.Step(ctx, slice)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !later(err) {
			return err
		}
		if err != nil && !pause(ctx, slice) {
			return ctx.Err()
		}
	}
}

func later(err error) bool {
	status := ErrInternal
	if fine, ok := err.(*Error); ok {
		status = fine.Status
	}
	return status == ErrStorage || status == ErrRetry || status == ErrUncertain
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Drain turns until nothing is due; StatusPending: the time was over first.
func (e *Engine) Drain(ctx context.Context, most time.Duration) (Status, error) {
	until := time.Now().Add(most)
	for {
		left := time.Until(until)
		if left > slice {
			left = slice
		}
		if left <= 0 {
			return StatusPending, nil
		}
		status, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status { return C.adsync_engine_drain(e.c, micros(left), words) })
		if err != nil || status == StatusIdle {
			return status, err
		}
	}
}

// FD gives a descriptor that is readable when Step has something to do, for a foreign event loop; -1: there is none.
func (e *Engine) FD() (fd int) {
	e.use(context.Background(), func(**C.adsync_error) C.adsync_status { fd = int(C.adsync_engine_fd(e.c)); return C.ADSYNC_OK })
	return fd
}

// Timeout says when Step has to be called at the latest; negative: not before FD is readable.
func (e *Engine) Timeout() (d time.Duration) {
	e.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		d = time.Duration(C.adsync_engine_timeout_us(e.c)) * time.Microsecond
		return C.ADSYNC_OK
	})
	return d
}

// Events gives what happened since it was last asked: ColType ("job", "warning"), ColOrg, the ids, ColStatus, ColMessage.
func (e *Engine) Events(ctx context.Context) (*Rows, error) {
	return e.rows(ctx, func(out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_engine_events(e.c, out, words)
	})
}

func (e *Engine) rows(ctx context.Context, call func(out **C.adsync_rows, words **C.adsync_error) C.adsync_status) (*Rows, error) {
	var out *C.adsync_rows
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status { return call(&out, words) })
	return newRows(out), err
}

// AppOptions are what a registration at a platform has besides id and secret.
type AppOptions struct {
	Name           string // several apps per platform; "": "default"
	RedirectURI    string // where the platform sends the browser back to
	Scopes         string // separated by blanks; "": the connector's
	APIVersion     string // "": the connector's
	DeveloperToken string // Google Ads
	Settings       map[string]string
}

// AppAdd registers the program's app at a platform. Secrets are kept in locked memory and never stored.
func (e *Engine) AppAdd(ctx context.Context, platform, clientID, clientSecret string, options AppOptions) error {
	var t texts
	defer t.free()
	var settings []string
	for name, value := range options.Settings {
		settings = append(settings, name, value)
	}
	c := C.adsync_app_options{size: C.sizeof_adsync_app_options, name: t.may(options.Name), redirect_uri: t.may(options.RedirectURI),
		scopes: t.may(options.Scopes), api_version: t.may(options.APIVersion), developer_token: t.may(options.DeveloperToken),
		settings: t.list(settings)}
	name, id, secret := t.must(platform), t.may(clientID), t.may(clientSecret)
	if t.err != nil {
		return t.err
	}
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_app_add(e.c, name, id, secret, &c, words)
	})
	return err
}

// ConnectorRegister registers a platform of the program's own, before the engine is turned.
func (e *Engine) ConnectorRegister(ctx context.Context, platform string, connector Connector) error {
	var t texts
	defer t.free()
	name := t.must(platform)
	if t.err != nil {
		return t.err
	}
	handle := cgo.NewHandle(connector)
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		rc := C.bridge_connector(C.uintptr_t(handle), e.c, name, words)
		if rc >= 0 {
			e.done = append(e.done, handle.Delete)
		}
		return rc
	})
	if err != nil {
		handle.Delete()
	}
	return err
}
