/**
 * Lets a thread handle what is waiting: messages and, in the page, input and drawing. A timer would
 * wait for 4 ms, and in a hidden tab for a second or a minute.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
