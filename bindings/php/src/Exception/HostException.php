<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_HOST: a callback's own failure that was no exception of PHP; one that was is thrown again itself. */
final class HostException extends AdsyncException
{
    public const STATUS = -17;
}
