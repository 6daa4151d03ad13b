/**
 * The service against Smack's integration tests, an independent judge, and against tests of our own for what those leave out, with
 * Smack as the client.
 */
package dev.beckon.conformance;
