<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_UNSUPPORTED: not offered here. */
final class UnsupportedException extends AdsyncException
{
    public const STATUS = -15;
}
