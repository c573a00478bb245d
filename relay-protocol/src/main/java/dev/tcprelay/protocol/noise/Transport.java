package dev.tcprelay.protocol.noise;

/**
 * What a finished handshake leaves (Noise section 5.3), seen from the own side. After a one-way pattern only the
 * direction from the initiator may be used.
 *
 * @param send seals what this side says
 * @param receive opens what the other side says
 */
public record Transport(CipherState send, CipherState receive) {}
