<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/**
 * A key management service (adsync_key_ops). Prefer a key file where you can: what passes through here lies in PHP's memory in clear and
 * cannot be wiped. May throw TransientException, PermissionException or CancelledException, which reach the caller as such.
 */
interface KeyService
{
    /**
     * Encrypts a data key under the current master key.
     *
     * @param string $org the application's name of the organisation, "" for the system's own key: bind it
     *
     * @return string at most 4,000 bytes
     */
    public function wrap(string $org, #[\SensitiveParameter] string $key): string;

    /** Decrypts what wrap() gave for this organisation under the master key of this name. */
    public function unwrap(string $org, string $master, string $wrapped): string;
}
