package dev.tcprelay.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tcprelay.protocol.files.PublicKey;
import dev.tcprelay.protocol.files.ServerId;
import dev.tcprelay.protocol.files.UserName;
import dev.tcprelay.protocol.files.Users;
import dev.tcprelay.protocol.noise.KeyPair;
import dev.tcprelay.relay.ServerAuthorization.Request;
import dev.tcprelay.relay.ServerAuthorization.Verb;
import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accounts in the terms of Vert.x auth. */
class AccountsTest {
    private static final UserName ALICE = new UserName("alice");
    private final Accounts accounts = new Accounts();

    @BeforeEach
    void table() throws Exception {
        load(Relay.line("alice", Relay.ALICE, "connect=web,dev-* serve=own-?")
                + Relay.line("dan", Relay.BOB, "connect=* disabled"));
    }

    private void load(String text) throws Exception {
        accounts.replace(Users.parse(text, Set.of()));
    }

    private Future<User> authenticate(String name, KeyPair key) {
        return accounts.authenticate(new ProvenKey(new UserName(name), PublicKey.of(key)));
    }

    private boolean may(Verb verb, String id) {
        return accounts.may(ALICE, verb, new ServerId(id));
    }

    @Test
    void theRightKeyIsThatUser() {
        assertEquals("alice", authenticate("alice", Relay.ALICE).result().subject());
    }

    @Test
    void unknownWrongDisabledAndSwappedFailAlike() {
        String reason = authenticate("alice", Relay.CAROL).cause().getMessage();
        assertEquals(reason, authenticate("nobody", Relay.ALICE).cause().getMessage());
        assertEquals(reason, authenticate("dan", Relay.BOB).cause().getMessage());
        assertEquals(reason, authenticate("alice", Relay.BOB).cause().getMessage());
    }

    @Test
    void otherCredentialsFailTheFutureSoThatAChainCanGoOn() {
        assertTrue(accounts.authenticate(new UsernamePasswordCredentials("alice", "secret"))
                .failed());
    }

    @Test
    void globsOfTheVerbDecide() {
        assertTrue(may(Verb.CONNECT, "web"));
        assertTrue(may(Verb.CONNECT, "dev-1"));
        assertFalse(may(Verb.CONNECT, "web2"));
        assertFalse(may(Verb.CONNECT, "own-1"));
        assertTrue(may(Verb.SERVE, "own-1"));
        assertFalse(may(Verb.SERVE, "own-12"));
        assertFalse(may(Verb.SERVE, "web"));
        assertFalse(accounts.may(new UserName("dan"), Verb.CONNECT, new ServerId("web")), "disabled");
        assertFalse(accounts.may(new UserName("nobody"), Verb.CONNECT, new ServerId("web")));
    }

    @Test
    void grantsAreThoseOfTheNewestTable() throws Exception {
        load(Relay.line("alice", Relay.ALICE, "connect=mail"));
        assertFalse(may(Verb.CONNECT, "web"));
        assertTrue(may(Verb.CONNECT, "mail"));
        load("");
        assertFalse(may(Verb.CONNECT, "mail"));
        assertTrue(accounts.active(ALICE).isEmpty());
    }

    @Test
    void asAnAuthorizationProviderItRefreshesAUser() throws Exception {
        User user = authenticate("alice", Relay.ALICE).result();
        var web = new Request(Verb.CONNECT, new ServerId("web"));
        assertTrue(web.match(user));
        load(Relay.line("alice", Relay.ALICE, "connect=mail"));
        assertTrue(accounts.getAuthorizations(user).succeeded());
        assertFalse(web.match(user));
        assertTrue(new Request(Verb.CONNECT, new ServerId("mail")).match(user));
        load("");
        assertTrue(accounts.getAuthorizations(user).succeeded());
        assertFalse(new Request(Verb.CONNECT, new ServerId("mail")).match(user));
    }

    @Test
    void aDisabledUserIsNotActive() {
        assertTrue(accounts.active(new UserName("dan")).isEmpty());
        assertTrue(accounts.active(ALICE).isPresent());
    }

    @Test
    void credentialsShowNoSecret() {
        String json = new ProvenKey(ALICE, PublicKey.of(Relay.ALICE)).toJson().encode();
        assertTrue(json.contains("alice"));
        assertFalse(json.contains(java.util.Base64.getEncoder().encodeToString(Relay.ALICE.privateKey())));
    }
}
