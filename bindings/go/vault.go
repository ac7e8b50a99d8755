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
	"unsafe"
)

// Keys are master keys, which wrap the data keys that seal an organisation's secrets. doc/security.md says how.
type Keys struct {
	c *C.adsync_keys
	*gate
}

var _ io.Closer = (*Keys)(nil)

// OpenKeyFile reads master keys from a file: lines "name:base64 of 32 random bytes", the first one wraps, all unwrap. The file must
// be readable by this process' user alone.
func OpenKeyFile(path string) (*Keys, error) {
	var t texts
	defer t.free()
	name := t.must(path)
	if t.err != nil {
		return nil, t.err
	}
	var out *C.adsync_keys
	var words *C.adsync_error
	if err := failure(C.adsync_keys_open_file(name, &out, &words), words); err != nil {
		return nil, err
	}
	return &Keys{out, newGate()}, nil
}

// A KeyService is a key management service. Bind org, so that a wrapped key does not open elsewhere. Prefer a key file where you can:
// Go sees data keys in clear here and cannot wipe its copies.
type KeyService interface {
	Wrap(org string, key []byte) (wrapped []byte, err error)
	Unwrap(org, master string, wrapped []byte) (key []byte, err error)
	io.Closer
}

// NewKeys makes master keys of a service; master is the name of the key that it wraps with.
func NewKeys(service KeyService, master string) (*Keys, error) {
	var t texts
	defer t.free()
	name := t.must(master)
	if t.err != nil {
		return nil, t.err
	}
	handle := cgo.NewHandle(service)
	var out *C.adsync_keys
	var words *C.adsync_error
	if err := failure(C.bridge_keys_new(C.uintptr_t(handle), name, &out, &words), words); err != nil {
		handle.Delete()
		return nil, err
	}
	return &Keys{out, newGate()}, nil
}

// Close wipes the keys. What uses them keeps them alive.
func (k *Keys) Close() error {
	if k == nil {
		return nil
	}
	_, err := k.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		C.adsync_keys_free(k.c)
		k.c = nil
		return C.ADSYNC_OK
	})
	return err
}

func serviceOf(handle C.uintptr_t) KeyService { return cgo.Handle(handle).Value().(KeyService) }

func answerBytes(sink *C.adsync_sink, words **C.adsync_error, find func() ([]byte, error)) C.adsync_status {
	refused := C.adsync_status(C.ADSYNC_OK)
	rc := guarded(words, func() error {
		found, err := find()
		if err == nil {
			refused = C.adsync_sink_bytes(sink, bytesPointer(found), C.size_t(len(found)))
		}
		return err
	})
	if rc >= 0 {
		return refused
	}
	return rc
}

//export adsyncGoWrap
func adsyncGoWrap(handle C.uintptr_t, org *C.char, key unsafe.Pointer, n C.uint32_t, sink *C.adsync_sink,
	words **C.adsync_error) C.adsync_status {
	return answerBytes(sink, words, func() ([]byte, error) {
		return serviceOf(handle).Wrap(C.GoString(org), C.GoBytes(key, C.int(n)))
	})
}

//export adsyncGoUnwrap
func adsyncGoUnwrap(handle C.uintptr_t, org, master *C.char, wrapped unsafe.Pointer, n C.uint32_t, sink *C.adsync_sink,
	words **C.adsync_error) C.adsync_status {
	return answerBytes(sink, words, func() ([]byte, error) {
		return serviceOf(handle).Unwrap(C.GoString(org), C.GoString(master), C.GoBytes(wrapped, C.int(n)))
	})
}

//export adsyncGoKeysClose
func adsyncGoKeysClose(handle C.uintptr_t) {
	guarded(nil, serviceOf(handle).Close)
	cgo.Handle(handle).Delete()
}

// A Vault seals and opens secrets. Every sealed value is bound to its organisation, a context (what it is) and a generation (which one
// over time), and opens with exactly the same three.
type Vault struct {
	c    *C.adsync_vault
	done func()
	*gate
}

var _ io.Closer = (*Vault)(nil)

// OpenVault opens a vault on a store. host may be nil.
func OpenVault(store *Store, keys *Keys, host *Host) (*Vault, error) {
	v := &Vault{}
	var err error
	if v.gate, err = share(store, keys, nil); err != nil {
		return nil, err
	}
	effects, done := host.handle()
	_, err = v.use(context.Background(), func(words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_open(store.handle(), keys.handle(), effects, &v.c, words)
	})
	if v.done = done; err != nil {
		done()
		return nil, err
	}
	return v, nil
}

// Close wipes the keys that the vault holds and frees it.
func (v *Vault) Close() error {
	if v == nil {
		return nil
	}
	_, err := v.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		if v.c != nil {
			C.adsync_vault_free(v.c)
			v.c = nil
			v.done()
		}
		return C.ADSYNC_OK
	})
	return err
}

func takeBytes(p *C.adsync_bytes) []byte {
	if p == nil {
		return nil
	}
	defer C.adsync_bytes_free(p)
	var size C.size_t
	data := C.adsync_bytes_data(p, &size)
	return append([]byte{}, unsafe.Slice((*byte)(data), int(size))...)
}

// Seal seals a secret. The first one of an organisation makes its data key.
func (v *Vault) Seal(ctx context.Context, org, context string, generation int64, secret []byte) ([]byte, error) {
	var out *C.adsync_bytes
	_, err := v.with(ctx, org, context, func(org, context *C.char, words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_seal(v.c, org, context, C.int64_t(generation), bytesPointer(secret), C.size_t(len(secret)), &out, words)
	})
	return takeBytes(out), err
}

// Unseal opens a sealed secret; ErrForged: anything is not as it was sealed. The copy that it gives is in Go's memory: it is not locked
// and not wiped.
func (v *Vault) Unseal(ctx context.Context, org, context string, generation int64, sealed []byte) ([]byte, error) {
	var out *C.adsync_bytes
	_, err := v.with(ctx, org, context, func(org, context *C.char, words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_unseal(v.c, org, context, C.int64_t(generation), bytesPointer(sealed), C.size_t(len(sealed)), &out, words)
	})
	return takeBytes(out), err
}

func (v *Vault) with(ctx context.Context, org, context string,
	call func(org, context *C.char, words **C.adsync_error) C.adsync_status) (Status, error) {
	var t texts
	defer t.free()
	cOrg, cContext := t.may(org), t.may(context)
	if t.err != nil {
		return ErrInvalid, t.err
	}
	return v.use(ctx, func(words **C.adsync_error) C.adsync_status { return call(cOrg, cContext, words) })
}

// Rewrap wraps data keys again under the current master key, at most so many. Call it until left is 0.
func (v *Vault) Rewrap(ctx context.Context, maxKeys int) (left int, err error) {
	var n C.uint32_t
	_, err = v.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_rewrap(v.c, C.uint32_t(maxKeys), &n, words)
	})
	return int(n), err
}

// Rotate makes a new data key for what an organisation seals next; "" is the system's own.
func (v *Vault) Rotate(ctx context.Context, org string) error {
	_, err := v.with(ctx, org, "", func(org, _ *C.char, words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_rotate(v.c, org, words)
	})
	return err
}

// Reseal seals stored secrets again under the newest data key, at most so many. Call it until left is 0. StatusPartial: some did not open.
func (v *Vault) Reseal(ctx context.Context, org string, maxSecrets int) (left int, status Status, err error) {
	var n C.uint32_t
	status, err = v.with(ctx, org, "", func(org, _ *C.char, words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_reseal(v.c, org, C.uint32_t(maxSecrets), &n, words)
	})
	return int(n), status, err
}

// Forget drops all data keys of an organisation: nothing that was sealed for it opens again.
func (v *Vault) Forget(ctx context.Context, org string) error {
	_, err := v.with(ctx, org, "", func(org, _ *C.char, words **C.adsync_error) C.adsync_status {
		return C.adsync_vault_forget(v.c, org, words)
	})
	return err
}
