<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use FFI;

/** Numbers of rows for people. */
final class Format
{
    private const ROOM = 64;

    /** "12.50 EUR" from micro-units (adsync_money_text). */
    public static function money(int $micros, ?string $currency = null): string
    {
        $room = Library::make('char[' . self::ROOM . ']');
        $size = Library::ffi()->adsync_money_text($micros, $currency, FFI::addr($room[0]), self::ROOM);

        return FFI::string($room, min($size, self::ROOM - 1));
    }

    /** "2026-11-20" from 20261120. */
    public static function day(int $day): string
    {
        return sprintf('%04d-%02d-%02d', intdiv($day, 10000), intdiv($day, 100) % 100, $day % 100);
    }

    /** An instant from microseconds UTC. */
    public static function time(int $us): \DateTimeImmutable
    {
        $seconds = intdiv($us, 1_000_000) - ($us % 1_000_000 < 0 ? 1 : 0);

        return \DateTimeImmutable::createFromFormat('U.u', sprintf('%d.%06d', $seconds, $us - $seconds * 1_000_000));
    }
}
