// A chart from npm. The view pushes points to it; the canvas is none of the
// view's business.
import {
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
} from "chart.js"

Chart.register(CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement)

/** Draws into a canvas. Gives what takes a new point, and what ends it. */
export function drawChart(canvas: HTMLCanvasElement, points: readonly number[]) {
  const colour = getComputedStyle(canvas).color
  const soft = getComputedStyle(canvas.parentElement ?? canvas).color
  const chart = new Chart(canvas, {
    type: "line",
    data: {
      labels: points.map(() => ""),
      datasets: [
        {
          data: [...points],
          borderColor: colour,
          backgroundColor: colour.replace(")", ", 0.18)"),
          fill: true,
          tension: 0.35,
          pointRadius: 0,
        },
      ],
    },
    options: {
      maintainAspectRatio: false,
      animation: { duration: 300 },
      scales: {
        x: { display: false },
        y: { min: 0, max: 100, ticks: { color: soft, stepSize: 25 }, grid: { display: false } },
      },
    },
  })
  return {
    add(point: number) {
      const [{ data } = { data: [] }] = chart.data.datasets
      data.push(point)
      chart.data.labels?.push("")
      if (data.length > 40) {
        data.shift()
        chart.data.labels?.shift()
      }
      chart.update()
    },
    end: () => chart.destroy(),
  }
}
