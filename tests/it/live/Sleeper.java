/** Says which process it is, sleeps for the seconds of its first argument, and exits with its second. */
public final class Sleeper {
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(ProcessHandle.current().pid());
        Thread.sleep(1000 * Long.parseLong(arguments[0]));
        System.exit(Integer.parseInt(arguments[1]));
    }
}
