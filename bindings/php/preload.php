<?php
// SPDX-License-Identifier: MIT
// For web servers, where PHP allows FFI to preloaded code alone (ffi.enable=preload, its default). Once, after each installation:
//
//     php vendor/bin/adsync-preload /etc/adsync-php
//
// and in php.ini:
//
//     ffi.preload = /etc/adsync-php/*.h
//     opcache.preload = /path/to/vendor/adsync/adsync/preload.php
//     opcache.preload_user = www-data
//
// The declarations are then read and the libraries loaded once, when the server starts.
declare(strict_types=1);

require_once __DIR__ . '/autoload.php';

$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/src', FilesystemIterator::SKIP_DOTS));
foreach ($files as $file) {
    if ($file->getExtension() === 'php') {
        require_once $file->getPathname();
    }
}
