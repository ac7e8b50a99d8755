// SPDX-License-Identifier: MIT

package adsync_test

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"adsync"
	"adsync/examples/mapstore"
)

// A board is where handles tell each other of work: each has a pipe.
type board struct {
	sync.Mutex
	pipes map[*watching]bool
}

// watching is a storage with all that one may have.
type watching struct {
	adsync.Storage
	board *board
	ends  [2]int
}

func (b *board) open(shelf *mapstore.Shelf) (adsync.Storage, error) {
	way, _ := shelf.Open()
	w := &watching{Storage: way, board: b}
	err := syscall.Pipe2(w.ends[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC)
	b.Lock()
	defer b.Unlock()
	b.pipes[w] = true
	return w, err
}

func (w *watching) Notify() {
	w.board.Lock()
	defer w.board.Unlock()
	for other := range w.board.pipes {
		if other != w {
			syscall.Write(other.ends[1], []byte{1})
		}
	}
}

func (w *watching) WatchFD() int { return w.ends[0] }

func (w *watching) WatchClear() { syscall.Read(w.ends[0], make([]byte, 100)) }

func (w *watching) DropBefore(adsync.Table, time.Time) error { return nil }

func (w *watching) Now() (time.Time, error) { return time.Now(), nil }

func (w *watching) Close() error {
	w.board.Lock()
	defer w.board.Unlock()
	delete(w.board.pipes, w)
	syscall.Close(w.ends[0])
	syscall.Close(w.ends[1])
	return w.Storage.Close()
}

func TestWhatAStorageMayOfferIsOffered(t *testing.T) {
	shelf, b := mapstore.New(), &board{pipes: map[*watching]bool{}}
	report, err := adsync.CheckStorage(adsync.StorageCheck{Wipe: shelf.Wipe, Options: adsync.StorageOptions{Flags: mapstore.Flags},
		Open: func() (adsync.Storage, error) { return b.open(shelf) }})
	must(t, err)
	results := map[string]string{}
	for _, promise := range report {
		results[promise.Name[:4]] = promise.Result
	}
	for _, number := range []string{"12.2", "12.3", "12.4"} {
		if results[number] != "ok" {
			t.Errorf("%s: %q", number, results[number])
		}
	}
	if len(b.pipes) != 0 {
		t.Errorf("%d handles were not closed", len(b.pipes))
	}
}
