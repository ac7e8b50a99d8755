<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_PERMISSION: a person has to be given more rights. */
final class PermissionException extends AdsyncException
{
    public const STATUS = -9;
}
