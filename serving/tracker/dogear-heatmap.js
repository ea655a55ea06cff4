// Pointer positions for heat maps: at most one move and one click a second. Loaded where the script tag has data-heatmap.
(() => {
  const last = {};
  const point = ({ type, pageX, pageY, timeStamp }) => {
    if (timeStamp - last[type] < 1000) return;
    last[type] = timeStamp;
    dogear.track('heatmap', {
      pointer_x: Math.max(0, Math.round(pageX)),
      pointer_y: Math.max(0, Math.round(pageY)),
      viewport_width: innerWidth,
      viewport_height: innerHeight,
    });
  };
  addEventListener('click', point, true);
  addEventListener('pointermove', point, true);
})();
