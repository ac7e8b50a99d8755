<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Library;
use FFI;
use FFI\CData;

/**
 * The structs that come and go in arrays, read and written as packed numbers: one string for many values instead of three look-ups for
 * each. A value is 24 bytes: kind and size, the number, the address of the text.
 *
 * @internal
 */
final class Memory
{
    private const VALUE = 24;
    private const KIND_INT = 1;
    private const KIND_TEXT = 2;
    private const KIND_BYTES = 3;

    private static ?CData $slot = null;
    private static ?CData $view = null;

    /** Copies bytes from an address. */
    public static function bytes(int $address, int $size): string
    {
        if ($size === 0) {
            return '';
        }

        return FFI::string(self::at($address), $size);
    }

    /**
     * A text with a NUL behind it: the pointer, and what has to live as long as it.
     *
     * @return array{CData, CData}
     */
    public static function text(#[\SensitiveParameter] string $text): array
    {
        $room = Library::ffi()->new('char[' . (strlen($text) + 1) . ']');
        FFI::memcpy($room, $text, strlen($text));

        return [Library::cast('void *', FFI::addr($room)), $room]; /* `void *`: a dump does not follow it */
    }

    /** The address that a pointer holds; 0 for NULL. */
    public static function address(?CData $pointer): int
    {
        /* by way of `char *`: a `void *` that is cast to a number is followed first */
        return $pointer === null ? 0 : Library::cast('uintptr_t', Library::cast('char *', $pointer))->cdata;
    }

    /** A pointer that is a number, for `user`. */
    public static function pointer(int $number): CData
    {
        return self::at($number);
    }

    /* One pointer that is written as a number; what is read from it is a copy. */
    private static function at(int $address): CData
    {
        if (self::$slot === null) {
            self::$slot = Library::make('adsync_php_slot');
            self::$view = Library::cast('char **', FFI::addr(self::$slot));
        }
        self::$slot->address = $address;

        return self::$view[0];
    }

    /**
     * Reads `n` values.
     *
     * @return list<int|string|null>
     */
    public static function values(int $address, int $n): array
    {
        if ($n === 0) {
            return [];
        }
        $numbers = unpack('q*', self::bytes($address, $n * self::VALUE));
        $values = [];
        for ($i = 1; $i <= 3 * $n; $i += 3) {
            $kind = $numbers[$i] & 0xffffffff;
            $values[] = match ($kind) {
                self::KIND_INT => $numbers[$i + 1],
                self::KIND_TEXT, self::KIND_BYTES => self::bytes($numbers[$i + 2], $numbers[$i] >> 32 & 0xffffffff),
                default => null,
            };
        }

        return $values;
    }

    /**
     * Writes values; what is answered first is the array, the rest has to live as long as it.
     *
     * @param list<int|string|null> $values
     * @param list<bool>            $bytes  which of the texts are bytes
     *
     * @return array{CData, ...}
     */
    public static function write(array $values, array $bytes): array
    {
        $texts = implode('', array_filter($values, 'is_string'));
        [$start, $room] = self::text($texts);
        $at = self::address($start);
        $packed = '';
        foreach ($values as $i => $value) {
            if ($value === null) {
                $packed .= pack('q3', 0, 0, 0);
            } elseif (is_int($value)) {
                $packed .= pack('q3', self::KIND_INT, $value, 0);
            } else {
                $packed .= pack('q3', strlen($value) << 32 | ($bytes[$i] ? self::KIND_BYTES : self::KIND_TEXT), 0, $at);
                $at += strlen($value);
            }
        }
        $array = Library::ffi()->new('adsync_value[' . max(1, count($values)) . ']');
        FFI::memcpy($array, $packed, strlen($packed));

        return [Library::cast('adsync_value *', FFI::addr($array)), $array, $room];
    }
}
