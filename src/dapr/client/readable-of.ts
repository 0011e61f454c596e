/** An iterable as a stream that is read on demand. Cancelling it ends the iteration. */
export function readableOf<T>(iterable: AsyncIterable<T>): ReadableStream<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const result = await iterator.next();
        if (result.done) controller.close();
        else controller.enqueue(result.value);
      },
      // An iteration that waits does not hear this: whoever made it hears it by its signal.
      cancel: () => void iterator.return?.()?.catch(() => {}),
    },
    { highWaterMark: 0 },
  );
}
