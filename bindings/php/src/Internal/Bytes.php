<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Library;
use FFI;
use FFI\CData;

/**
 * @internal
 */
final class Bytes
{
    /** Copies owned bytes into a string and frees them. */
    public static function take(CData $bytes): string
    {
        $ffi = Library::ffi();
        $size = Library::make('size_t');
        $p = $ffi->adsync_bytes_data($bytes, FFI::addr($size));
        $text = $size->cdata ? FFI::string($p, $size->cdata) : '';
        $ffi->adsync_bytes_free($bytes);

        return $text;
    }
}
