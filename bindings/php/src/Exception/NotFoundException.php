<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_NOT_FOUND: there is no such thing. */
final class NotFoundException extends AdsyncException
{
    public const STATUS = -4;
}
