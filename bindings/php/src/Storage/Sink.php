<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

use Adsync\Exception\AdsyncException;
use Adsync\Exception\InvalidException;
use Adsync\Library;
use FFI\CData;

/** Where a backend puts the rows it found (adsync_sink). Good until the method that got it returns; what is put in is copied at once. */
final class Sink
{
    /** @internal */
    public function __construct(private ?CData $sink)
    {
    }

    /** @internal */
    public function end(): void
    {
        $this->sink = null;
    }

    /**
     * Answers a row.
     *
     * @param list<int|string|null> $values its first columns in order; a missing tail is null
     *
     * @throws AdsyncException if the row cannot be taken; let it pass
     */
    public function row(int $version, array $values): void
    {
        if ($this->sink === null) {
            throw new InvalidException('a sink is good until the method that got it returns', 'php.sink');
        }
        $ffi = Library::ffi();
        $status = $ffi->adsync_sink_row($this->sink, $version);
        foreach ($values as $value) {
            if ($status < 0) {
                break;
            }
            $status = match (true) {
                is_int($value) => $ffi->adsync_sink_int($this->sink, $value),
                $value === null => $ffi->adsync_sink_null($this->sink),
                default => $ffi->adsync_sink_text($this->sink, $value, strlen($value)),
            };
        }
        if ($status < 0) {
            throw AdsyncException::of($status, 'a row of the storage cannot be taken', 'storage.row');
        }
    }
}
