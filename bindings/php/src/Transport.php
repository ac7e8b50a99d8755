<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Handle;
use Adsync\Internal\Options;
use FFI;
use FFI\CData;

/** How requests travel, where the usual way is not wanted (adsync_transport). */
final class Transport
{
    private readonly Handle $handle;

    private function __construct(CData $transport)
    {
        $this->handle = new Handle($transport, 'adsync_transport_free');
    }

    /**
     * Over libcurl (adsync_curl_open).
     *
     * @param string|null $caFile    replaces the system's CAs
     * @param string|null $connectTo "127.0.0.1:9443": every connection goes there, for simulators
     * @param bool        $plain     with connectTo: HTTP without TLS
     */
    public static function curl(?string $caFile = null, ?string $connectTo = null, bool $plain = false): self
    {
        $options = new Options('adsync_curl_options', ['flags' => $plain ? 1 : 0, 'ca_file' => $caFile, 'connect_to' => $connectTo]);
        $out = Library::make('adsync_transport *');
        Library::call('adsync_curl_open', $options->pointer(), FFI::addr($out));

        return new self($out);
    }

    /** @internal */
    public function pointer(): CData
    {
        return $this->handle->get();
    }
}
