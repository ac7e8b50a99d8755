// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"io"
	"time"
)

// A Window is so many permits in so long.
type Window struct {
	Align   int // WindowRoll, WindowFixed, WindowUTCDay, WindowHeld, WindowLearned
	Length  time.Duration
	Permits int
	Burst   int // at most so many in a row; 0: all at once is fine
}

func (w Window) c() C.adsync_window {
	return C.adsync_window{size: C.sizeof_adsync_window, align: C.uint32_t(w.Align), length_us: micros(w.Length),
		permits: C.uint32_t(w.Permits), burst: C.uint32_t(w.Burst)}
}

// A Limiter keeps to what a platform allows, with all processes on a store together. doc/limits.md is the chapter to it.
type Limiter struct {
	c    *C.adsync_limiter
	done func()
	*gate
}

var _ io.Closer = (*Limiter)(nil)

// OpenLimiter opens a limiter. host may be nil.
func OpenLimiter(store *Store, host *Host) (*Limiter, error) {
	l := &Limiter{}
	var err error
	if l.gate, err = share(store, nil, nil); err != nil {
		return nil, err
	}
	effects, done := host.handle()
	_, err = l.use(context.Background(), func(words **C.adsync_error) C.adsync_status {
		return C.adsync_limiter_open(store.handle(), effects, &l.c, words)
	})
	if l.done = done; err != nil {
		done()
		return nil, err
	}
	return l, nil
}

// Close gives back what was leased and not used.
func (l *Limiter) Close() error {
	if l == nil {
		return nil
	}
	_, err := l.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		if l.c != nil {
			C.adsync_limiter_free(l.c)
			l.c = nil
			l.done()
		}
		return C.ADSYNC_OK
	})
	return err
}

// Window adds a window to a key, or replaces it.
func (l *Limiter) Window(ctx context.Context, key string, window Window) error {
	var t texts
	defer t.free()
	name, c := t.must(key), window.c()
	if t.err != nil {
		return t.err
	}
	_, err := l.use(ctx, func(words **C.adsync_error) C.adsync_status { return C.adsync_limiter_window(l.c, name, &c, words) })
	return err
}

// Take takes permits from all windows of all keys, or none; units are those of each key, nil: 1 each. With wait above 0 nothing was
// taken: ask again after so long.
func (l *Limiter) Take(ctx context.Context, org string, keys []string, units []int, priority int) (ticket int64, wait time.Duration, err error) {
	if units != nil && len(units) != len(keys) {
		return 0, 0, &Error{Status: ErrInvalid, Name: "limiter.units", Message: "there are not as many units as keys"}
	}
	var t texts
	defer t.free()
	name, list := t.must(org), t.list(keys)
	if t.err != nil {
		return 0, 0, t.err
	}
	costs := make([]C.uint32_t, len(units))
	for i, unit := range units {
		costs[i] = C.uint32_t(unit)
	}
	var cost *C.uint32_t
	if len(costs) > 0 {
		cost = &costs[0]
	}
	var number, us C.int64_t
	_, err = l.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_limiter_take(l.c, name, list, cost, C.uint32_t(len(keys)), C.uint32_t(priority), &number, &us, words)
	})
	return int64(number), time.Duration(us) * time.Microsecond, err
}

// Wait takes like Take, and waits for its turn as long as the context lasts.
func (l *Limiter) Wait(ctx context.Context, org string, keys []string, units []int, priority int) (ticket int64, err error) {
	for {
		ticket, wait, err := l.Take(ctx, org, keys, units, priority)
		if err != nil || wait == 0 {
			return ticket, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return 0, ctx.Err()
		}
	}
}

// Settle ends a ticket: what the request cost (SettleAsTaken; 0: it was not sent).
func (l *Limiter) Settle(ctx context.Context, ticket, unitsUsed int64) error {
	_, err := l.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_limiter_settle(l.c, C.int64_t(ticket), C.int64_t(unitsUsed), words)
	})
	return err
}

// Learn learns what an answer said: a Reading* and its value, and when it is over (the zero time: not said).
func (l *Limiter) Learn(ctx context.Context, key string, reading int, value int64, reset time.Time) error {
	var t texts
	defer t.free()
	name := t.must(key)
	if t.err != nil {
		return t.err
	}
	_, err := l.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_limiter_learn(l.c, name, C.uint32_t(reading), C.int64_t(value), instant(reset), words)
	})
	return err
}

// Tend sees to what is due and says how long there is nothing to do.
func (l *Limiter) Tend(ctx context.Context) (next time.Duration, err error) {
	var us C.int64_t
	_, err = l.use(ctx, func(words **C.adsync_error) C.adsync_status { return C.adsync_limiter_tend(l.c, &us, words) })
	return time.Duration(us) * time.Microsecond, err
}

// List gives what is stored about limits, a row per window of a key, for at most so many keys after one ("": from the start).
func (l *Limiter) List(ctx context.Context, after string, most int) (*Rows, error) {
	var t texts
	defer t.free()
	name := t.may(after)
	if t.err != nil {
		return nil, t.err
	}
	var out *C.adsync_rows
	_, err := l.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_limiter_list(l.c, name, C.uint32_t(most), &out, words)
	})
	return newRows(out), err
}
