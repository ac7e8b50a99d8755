<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_TOO_BIG: more than the storage or a cap takes at once. */
final class TooBigException extends AdsyncException
{
    public const STATUS = -20;
}
