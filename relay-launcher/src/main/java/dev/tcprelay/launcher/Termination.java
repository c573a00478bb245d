package dev.tcprelay.launcher;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGTERM as an event. The shutdown hooks of a JVM cannot tell it from SIGINT, nor hear a second one. What can is
 * {@code sun.misc.Signal} of the module jdk.unsupported. The compiler warns wherever that is named: so it is not.
 */
final class Termination {
    private Termination() {}

    /**
     * Calls the action at each SIGTERM from now on, on a thread of its own, instead of ending the process.
     *
     * @return false where that cannot be had ({@code -Xrs}, or another system): the signal ends the process as always
     */
    static boolean handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, arguments) -> {
                if (method.getDeclaringClass() == Object.class) {
                    return method.invoke(action, arguments);
                }
                action.run();
                return null;
            };
            Object called = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
            Object term = signal.getConstructor(String.class).newInstance("TERM");
            Object unusedBefore = signal.getMethod("handle", signal, handler).invoke(null, term, called);
            return true;
        } catch (InvocationTargetException e) {
            return false; // the JVM or the system keeps the signal
        } catch (ReflectiveOperationException e) {
            return false; // this JVM has no such class
        }
    }
}
