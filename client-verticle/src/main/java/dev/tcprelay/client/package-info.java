/**
 * The client: forwards local connections to servers by id, through SOCKS5 and HTTP CONNECT on one proxy port, fixed
 * port forwards or standard input and output.
 */
@NullMarked
package dev.tcprelay.client;

import org.jspecify.annotations.NullMarked;
