<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_INTERNAL: a fault in the library itself. */
final class InternalException extends AdsyncException
{
    public const STATUS = -18;
}
