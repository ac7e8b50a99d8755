<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Exception\InvalidException;
use Adsync\Library;
use FFI\CData;

/**
 * An owned handle of the library: freed once, when the last object that uses it goes, and only by the process that made it (handles
 * never cross a fork).
 *
 * @internal
 */
final class Handle
{
    private ?CData $pointer;
    private readonly int $process;

    /** @param int $object what C calls back by this number as long as the handle lives; 0: nothing */
    public function __construct(CData $pointer, private readonly string $free, private readonly int $object = 0)
    {
        $this->pointer = $pointer;
        $this->process = getmypid();
    }

    public function get(): CData
    {
        return $this->pointer ?? throw new InvalidException('it was closed', 'php.closed');
    }

    /** Hands the handle over: somebody else frees it. */
    public function release(): CData
    {
        $pointer = $this->get();
        $this->pointer = null;

        return $pointer;
    }

    public function free(): void
    {
        if ($this->pointer !== null && $this->process === getmypid()) {
            $pointer = $this->release();
            Library::ffi()->{$this->free}($pointer);
            Trampolines::remove($this->object);
        }
    }

    public function __destruct()
    {
        $this->free();
        if (($late = Trampolines::late()) !== null) {
            trigger_error($this->free . ': ' . $late::class . ': ' . $late->getMessage(), E_USER_WARNING);
        }
    }
}
