<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Handle;
use Adsync\Internal\Trampolines;
use FFI;
use FFI\CData;

/** Master keys: what wraps the keys that seal tokens (adsync_keys). */
final class Keys
{
    private readonly Handle $handle;

    private function __construct(CData $keys)
    {
        $this->handle = new Handle($keys, 'adsync_keys_free');
    }

    /**
     * Reads a key file: lines `name:base64 of 32 random bytes`, readable by its owner alone (adsync_keys_open_file).
     *
     *     (umask 077; printf 'k1:%s\n' "$(openssl rand -base64 32)" >ads.keys)
     */
    public static function file(string $path): self
    {
        $out = Library::make('adsync_keys *');
        Library::call('adsync_keys_open_file', $path, FFI::addr($out));

        return new self($out);
    }

    /**
     * Asks a key management service (adsync_keys_new).
     *
     * @param string $master the name of the key that wrap() uses
     */
    public static function service(KeyService $service, string $master): self
    {
        $number = Trampolines::add($service);
        $ops = Trampolines::keys($number);
        $out = Library::make('adsync_keys *');
        try {
            Library::call('adsync_keys_new', FFI::addr($ops), $master, FFI::addr($out));
        } catch (\Throwable $e) {
            Trampolines::remove($number);
            throw $e;
        }

        return new self($out);
    }

    /** @internal */
    public function pointer(): CData
    {
        return $this->handle->get();
    }
}
