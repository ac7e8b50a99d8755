<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Exception\AdsyncException;
use Adsync\Library;
use FFI;
use FFI\CData;

/**
 * From error objects to exceptions and back.
 *
 * @internal
 */
final class Errors
{
    private const KEPT = 64; /* exceptions on their way through C at once; far more than calls are nested */

    /** @var array<int, \Throwable> by the number that travels with the error */
    private static array $travelling = [];
    private static int $last = 0;

    /** Answers an exception to C: keeps it and leaves its number with the error. */
    public static function give(int $status, \Throwable $exception, ?CData $error): int
    {
        self::wipe($exception);
        self::$travelling[++self::$last] = $exception;
        unset(self::$travelling[self::$last - self::KEPT]);
        $message = $exception->getMessage();

        return Library::ffi()->adsync_error_set($error, $status, strtr($message === '' ? $exception::class : $message, "\0", ' '), self::$last);
    }

    /* A stack trace may keep arguments; those on C's side are soon gone, and whoever shows them would read what is there then. */
    private static function wipe(\Throwable $exception): void
    {
        for ($e = $exception; $e !== null; $e = $e->getPrevious()) {
            $trace = $e->getTrace();
            foreach ($trace as $i => $frame) {
                if (isset($frame['args']) && in_array($frame['class'] ?? '', [Trampolines::class, FFI::class], true)) {
                    $trace[$i]['args'] = [];
                }
            }
            (new \ReflectionProperty($e instanceof \Exception ? \Exception::class : \Error::class, 'trace'))->setValue($e, $trace);
        }
    }

    /** What a failed call is to throw: the exception that a callback ended with, or the error's own. Frees the error. */
    public static function take(int $status, #[\SensitiveParameter] CData $error): \Throwable
    {
        $ffi = Library::ffi();
        $number = $ffi->adsync_error_host_code($error);
        $exception = self::$travelling[$number] ?? null;
        unset(self::$travelling[$number]);
        $exception ??= AdsyncException::of($status, $ffi->adsync_error_message($error), $ffi->adsync_error_name($error));
        $ffi->adsync_error_free($error);
        Trampolines::late(); /* the failure of the call itself goes first */

        return $exception;
    }
}
