/**
 * Names and file formats of docs/protocol.md section 10: text in, immutable objects out. Reading and writing the files
 * themselves, and their modes, is the caller's part.
 */
@NullMarked
package dev.tcprelay.protocol.files;

import org.jspecify.annotations.NullMarked;
