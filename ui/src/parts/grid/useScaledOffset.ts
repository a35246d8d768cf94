import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/**
 * Tallest element we ever make. Browsers cap an element's height (Chromium and WebKit near
 * 33 554 431 px, Firefox near 17 895 697 px); this stays below all of them with room to spare.
 */
export const MAX_ELEMENT_PX = 8_000_000;

export interface ScaledOffset {
  /** Where the list really is, in list pixels: 0 … totalPx − viewportPx. The source of truth. */
  offset: number;
  /** Height to give the spacer in the scrolling element. */
  spacerPx: number;
  viewportPx: number;
  scrollTo: (offset: number) => void;
  /** For useVirtualizer's observeElementOffset. */
  subscribe: (listener: (offset: number) => void) => () => void;
}

/**
 * A scroll position that can exceed what an element may be tall. The native scroll bar works on a
 * spacer of at most MAX_ELEMENT_PX and is a coarse control (its position times `ratio`); the wheel
 * and scrollTo move the true offset pixel by pixel and only mirror it into scrollTop. Scroll events
 * that are the echo of our own write are ignored, so no precision is lost to rounding.
 */
export function useScaledOffset(
  scroller: RefObject<HTMLElement | null>,
  totalPx: number,
  /** Height of what sticks to the top inside the scrolling element (the header). */
  insetPx = 0,
): ScaledOffset {
  const [clientPx, setClientPx] = useState(0);
  const [offset, setOffset] = useState(0);
  const current = useRef(0);
  const echo = useRef(-1);
  const listeners = useRef(new Set<(offset: number) => void>());

  const viewportPx = Math.max(clientPx - insetPx, 0);
  const spacerPx = Math.min(totalPx + insetPx, MAX_ELEMENT_PX);
  const maxOffset = Math.max(totalPx - viewportPx, 0);
  const maxTop = Math.max(spacerPx - clientPx, 0);
  const ratio = maxTop > 0 ? maxOffset / maxTop : 1;

  const publish = useCallback((next: number) => {
    current.current = next;
    setOffset(next);
    for (const listener of listeners.current) {
      listener(next);
    }
  }, []);

  const scrollTo = useCallback(
    (next: number) => {
      const clamped = Math.min(Math.max(next, 0), maxOffset);
      const element = scroller.current;
      if (element !== null) {
        element.scrollTop = clamped / ratio;
        echo.current = element.scrollTop;
      }
      publish(clamped);
    },
    [maxOffset, publish, ratio, scroller],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    // Never more than the window: in a page whose layout does not bound the height, the element
    // would grow to the spacer's height and every row would be rendered.
    const measure = () => setClientPx(Math.min(element.clientHeight, window.innerHeight));
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const onScroll = () => {
      const top = element.scrollTop;
      if (Math.abs(top - echo.current) < 1) {
        return;
      }
      echo.current = -1;
      publish(top >= maxTop - 1 ? maxOffset : Math.min(top * ratio, maxOffset));
    };
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) {
        return;
      }
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 32 : event.deltaMode === 2 ? viewportPx : 1;
      scrollTo(current.current + event.deltaY * unit);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    if (ratio > 1) {
      element.addEventListener("wheel", onWheel, { passive: false });
    }
    return () => {
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [maxOffset, maxTop, publish, ratio, scrollTo, scroller, viewportPx]);

  const subscribe = useCallback((listener: (offset: number) => void) => {
    listeners.current.add(listener);
    listener(current.current);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);

  return { offset, spacerPx, viewportPx, scrollTo, subscribe };
}
