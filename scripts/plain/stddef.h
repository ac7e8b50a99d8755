/* SPDX-License-Identifier: MIT */
/* empty on purpose: scripts/ffi.py preprocesses without the system's declarations, which FFI parsers bring themselves */
