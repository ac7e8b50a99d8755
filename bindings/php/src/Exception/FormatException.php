<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_FORMAT: bytes that are not what they should be. */
final class FormatException extends AdsyncException
{
    public const STATUS = -13;
}
