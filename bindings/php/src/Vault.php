<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\InvalidException;
use Adsync\Internal\Bytes;
use Adsync\Internal\Handle;
use Adsync\Internal\Trampolines;
use FFI;

/**
 * Seals and opens secrets of the application's own, bound to an organisation, a context and a generation (adsync_vault). An engine has its
 * own; this one works alone.
 */
final class Vault
{
    private readonly Handle $handle;

    public function __construct(Storage $storage, Keys $keys, ?Host $host = null)
    {
        $out = Library::make('adsync_vault *');
        $number = $host === null ? 0 : Trampolines::add($host);
        $table = $host === null ? null : Trampolines::host($host, $number);
        Library::call('adsync_vault_open', $storage->pointer(), $keys->pointer(), $table === null ? null : FFI::addr($table), FFI::addr($out));
        $this->handle = new Handle($out, 'adsync_vault_free', $number);
    }

    /**
     * Seals a secret (adsync_vault_seal).
     *
     * @param string $context what it is
     *
     * @return string bytes, to be stored anywhere
     */
    public function seal(string $org, string $context, int $generation, #[\SensitiveParameter] string $secret): string
    {
        return $this->exchange('adsync_vault_seal', $org, $context, $generation, $secret);
    }

    /**
     * Opens a sealed secret (adsync_vault_unseal). What comes out lies in PHP's memory in clear: keep it short-lived.
     *
     * @throws Exception\ForgedException anything is not as it was sealed
     */
    public function unseal(string $org, string $context, int $generation, string $sealed): string
    {
        return $this->exchange('adsync_vault_unseal', $org, $context, $generation, $sealed);
    }

    /**
     * Wraps data keys again that stand under an older master key (adsync_vault_rewrap).
     *
     * @return int how many are left; call it until that is 0
     */
    public function rewrap(int $maxKeys = 100): int
    {
        $left = Library::make('uint32_t');
        Library::call('adsync_vault_rewrap', $this->handle->get(), $maxKeys, FFI::addr($left));

        return $left->cdata;
    }

    /** Makes a new data key for what an organisation seals next; null: the system's own (adsync_vault_rotate). */
    public function rotate(?string $org): void
    {
        Library::call('adsync_vault_rotate', $this->handle->get(), $org);
    }

    /**
     * Seals an organisation's stored secrets again under its newest data key (adsync_vault_reseal).
     *
     * @return int how many are left; call it until that is 0
     */
    public function reseal(?string $org, int $maxSecrets = 100): int
    {
        $left = Library::make('uint32_t');
        Library::call('adsync_vault_reseal', $this->handle->get(), $org, $maxSecrets, FFI::addr($left));

        return $left->cdata;
    }

    /** Drops all data keys of an organisation: nothing that was sealed for it opens again (adsync_vault_forget). */
    public function forget(string $org): void
    {
        Library::call('adsync_vault_forget', $this->handle->get(), $org);
    }

    private function exchange(string $function, string $org, string $context, int $generation, #[\SensitiveParameter] string $bytes): string
    {
        if (str_contains($org . $context, "\0")) {
            throw new InvalidException("$function: a text holds a NUL", 'php.nul');
        }
        $out = Library::make('adsync_bytes *');
        Library::raw($function, $this->handle->get(), $org, $context, $generation, $bytes, strlen($bytes), FFI::addr($out));

        return Bytes::take($out);
    }
}
